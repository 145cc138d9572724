export { type AsyncStorage, type AsyncStorageOptions, asAsyncStorage } from './async-storage';
export type { Storage } from './storage';
export { StorageEvent, type StorageEventInit } from './storage-event';
export type { StorageWindow } from './storage-window';
export { type OpenWindowOptions, WebStorageArea, type WebStorageAreaOptions } from './web-storage-area';
