export { describeBackendContract, type BackendContractOptions } from './describe-backend-contract.js';
