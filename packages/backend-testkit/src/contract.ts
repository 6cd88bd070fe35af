export { describeBackendContract } from './contract/describe-backend-contract.js';
export { describeHostedBackendContract } from './contract/describe-hosted-backend-contract.js';
export type { BackendContractOptions, HeavyTest } from './contract/subject.js';
