export { findNginx, NGINX_MISSING, type Nginx } from './nginx.js';
export { fillTemplate } from './nginx-config.js';
export { createApiKey } from '../create-api-key.js';
export { startCluster, type Cluster, type ClusterOptions } from './start-cluster.js';
