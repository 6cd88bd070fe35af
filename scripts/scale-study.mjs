// `npm run scale:study`: everything a fresh clone needs first, then the measurement. Arguments go on to it.
import { ensureBuilt, ensureInstalled, repositoryDirectory } from './workspace.mjs';

process.chdir(repositoryDirectory);
await ensureInstalled({ quiet: true });
await ensureBuilt({ quiet: true });
await import('../test/performance/scale-study.mjs');
