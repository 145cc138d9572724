import { DatabaseSync } from 'node:sqlite';
import { BaseStorageBackend, json, nextRecord, withMetadataTracking } from 'shared-memory-registry';

/** A handle on one key of a database that several processes of one machine have open. */
export class SqliteBackend extends withMetadataTracking(BaseStorageBackend) {
  #database;
  // Keys as JSON text: a database keeps no NUL and no half of a surrogate pair.
  #id = JSON.stringify(this.key);

  constructor({ database, ...options }) {
    super(options);
    this.#database = database;
  }

  get codec() {
    return json;
  }

  read() {
    const row = this.#database.prepare('SELECT record FROM records WHERE key = ?').get(this.#id);
    return row === undefined ? null : JSON.parse(row.record);
  }

  write(record, condition = {}) {
    // Only one process can be past this line; the others wait.
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#store(nextRecord(this.read(), record, condition));
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #store(record) {
    if (record === null) this.#database.prepare('DELETE FROM records WHERE key = ?').run(this.#id);
    else this.#database.prepare('INSERT OR REPLACE INTO records VALUES (?, ?)').run(this.#id, JSON.stringify(record));
  }
}

/** A connection to the database in a file. */
export class SqliteStorage {
  #database;

  constructor(file) {
    this.#database = new DatabaseSync(file);
    // First how long to wait for others, in ms: the next line may have to.
    this.#database.exec('PRAGMA busy_timeout = 10000');
    this.#database.exec('PRAGMA journal_mode = WAL');
    this.#database.exec('CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID');
  }

  getBackend(key, options) {
    return new SqliteBackend({ ...options, key, database: this.#database });
  }

  clearAll() {
    this.#database.exec('DELETE FROM records');
  }

  close() {
    this.#database.close();
  }
}
