export {
  type BackendContractOptions,
  backendContract,
  type ContractTest,
  describeBackendContract,
  type OpenStore,
  type TestRunner,
} from './backend-contract';
export type { ContractBackend, ContractFeature, ContractSettings, ContractStore } from './contract-case';
export { ContractViolation } from './expectations';
