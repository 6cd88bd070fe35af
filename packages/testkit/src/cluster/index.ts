export { findNginx, NGINX_MISSING, type Nginx } from './nginx.js';
export { fillTemplate } from './nginx-config.js';
export { startCluster, type Cluster, type ClusterOptions } from './start-cluster.js';
