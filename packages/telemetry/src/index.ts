export { readContainerLimits, type ContainerLimits } from './container-limits.js';
export { logPerformance, type PerformanceMetrics } from './log-performance.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export { availableCores, availableMemoryBytes, readMachineMemory, type MachineMemory } from './machine-memory.js';
export { processTreeUsage, type ProcessTreeUsage } from './process-tree.js';
export {
  busyCpuSeconds,
  createResourceSampler,
  type ResourceSample,
  type ResourceSampler,
} from './resource-sampler.js';
