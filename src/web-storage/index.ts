export { type AsyncStorage, type AsyncStorageOptions, asAsyncStorage } from './async-storage';
export type { CallbackStorage, KeyValuePair, StorageCallback, StorageCallbacks } from './callback-storage';
export { Storage } from './storage';
export { StorageEvent, type StorageEventHandler, type StorageEventInit } from './storage-event';
export type { FrameOptions, StorageWindow } from './storage-window';
export { type EventScheduler, type OpenWindowOptions, WebStorageArea, type WebStorageAreaOptions } from './web-storage-area';
