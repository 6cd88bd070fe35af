export { FAKE_BACKEND_MODULE_URL, installFakeModels } from './fake-model.js';
export { FAKE_VERBS, parseFakeScript, type FakeInstruction, type FakeVerb } from './fake-script.js';
