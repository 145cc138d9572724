import { frozen, json, KeyedMemoryBackend, reference, SharedMemoryRegistry, structured } from 'shared-memory-registry';
import { describeBackendContract } from 'shared-memory-registry/testing';

describeBackendContract('memory, structured', (settings) => new SharedMemoryRegistry({ ...settings, codec: structured }));
describeBackendContract('memory, json', (settings) => new SharedMemoryRegistry({ ...settings, codec: json }));
describeBackendContract('memory, frozen', (settings) => new SharedMemoryRegistry({ ...settings, codec: frozen }));
describeBackendContract('memory, reference', (settings) => new SharedMemoryRegistry({ ...settings, codec: reference }), {
  without: ['isolation'],
});

class Subclass<T> extends KeyedMemoryBackend<T> {}
describeBackendContract('a subclass', (settings) => new SharedMemoryRegistry({ ...settings, Backend: Subclass<unknown> }));
