export {
  type BackendContractOptions,
  backendContract,
  type ContractTest,
  describeBackendContract,
  type OpenMedium,
  type TestRunner,
} from './backend-contract';
export type { ContractBackend, ContractFeature, ContractMedium, ContractSettings } from './contract-case';
export { ContractViolation } from './expectations';
