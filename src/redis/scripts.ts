import { createHash } from 'node:crypto';

/** A script, which the server runs as one step. */
export interface Script {
  readonly source: string;
  /** By which a server that has the script finds it. */
  readonly sha1: string;
}

/**
 * What all scripts begin with. They share four keys, which have one hash tag:
 *
 * - `head`: by key, `revision createdAt saveCount weight version ordinal updatedAt`. The version is the id of the operation that wrote the
 *   record; the ordinal sorts keys by when they were first saved.
 * - `body`: by key, data and metadata.
 * - `state`: id and operation of the last change, bytes in use, the options that all registries share, and fences.
 * - `changes`: a stream of changes. An entry's id is `time-number`; it names the operation, and lists who and what has changed.
 *
 * Every reply begins with a status, the server's time in ms, and the position: id of the last change, its operation, and the incarnation,
 * which is another one when everything was removed and a registry has written its first contents again.
 * @param fence an expression that names one more field of the state
 */
const prelude = (fence = "''") => `
local head, body, state, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function text(number) return string.format('%.0f', number) end
local function sequence(id) return tonumber(string.match(id, '-(%d+)$')) end
local last, last_op, incarnation, used, quota, ttl, touched, fence =
  unpack(redis.call('HMGET', state, 'last', 'op', 'incarnation', 'used', 'quota', 'ttl', 'touched', ${fence}))
local function reply(status, ...) return { status, text(now), last or '', last_op or '', incarnation or '', ... } end
local function touch()
  redis.call('HSET', state, 'touched', text(now))
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl) end
end
local function is_idle() return now - tonumber(touched) > tonumber(ttl) / 8 end
`;

/** What the scripts that change something have in common. ARGV: op, registry, generation, deadline, id before the operation, whether it is a retry. */
const WRITING = `${prelude("'fence:' .. ARGV[2]")}
if not last then return reply('absent') end
local op, generation = ARGV[1], tonumber(ARGV[3])
-- An attempt whose connection was lost must not take effect after its retry.
if tonumber(fence or 0) > generation then return reply('fenced') end
if ARGV[6] == '1' then
  redis.call('HSET', state, 'fence:' .. ARGV[2], ARGV[3])
  for _, entry in ipairs(redis.call('XRANGE', changes, '(' .. ARGV[5], '+')) do
    if entry[2][2] == op then return reply('done', entry[1]) end
  end
  local oldest = redis.call('XRANGE', changes, '-', '+', 'COUNT', 1)[1]
  local kept = oldest and sequence(oldest[1]) or sequence(last) + 1
  if kept > sequence(ARGV[5]) + 1 then return reply('unknown') end
end
if now > tonumber(ARGV[4]) then return reply('late') end
local function commit(origin, client, bytes, lines)
  local last_time, last_number = string.match(last, '^(%d+)-(%d+)$')
  last = text(math.max(now, tonumber(last_time))) .. '-' .. text(tonumber(last_number) + 1)
  last_op = op
  redis.call('XADD', changes, 'MAXLEN', '~', 10000, last, 'op', op, 'origin', origin, 'client', client, 'changes', lines)
  redis.call('HSET', state, 'last', last, 'op', op, 'used', text(bytes))
end
`;

/**
 * ARGV from 7 on: origin, client, key, ifMatch, replaces, revision, createdAt, saveCount, weight, updatedAt, body, and the revision of what is
 * replaced. Of conditions, `-` stands for nothing stored, and an empty text for no condition. An empty revision removes the key.
 */
const COMMIT = `${WRITING}
local key, if_match, replaces, revision = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local created, count, weight = ARGV[13], ARGV[14], tonumber(ARGV[15])
local current = redis.call('HGET', head, key)
local current_revision, current_created, current_count, current_weight, version, ordinal
if current then
  current_revision, current_created, current_count, current_weight, version, ordinal =
    string.match(current, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+)')
end
local stored = current_revision or '-'
if if_match ~= '' and if_match ~= stored then return reply('conflict', if_match, stored) end
if replaces ~= '' and replaces ~= (version or '-') then return reply('conflict', ARGV[18], stored) end
if revision == '' and not current then return reply('ok', last) end
local bytes = tonumber(used) + weight - tonumber(current_weight or 0)
if revision ~= '' and quota ~= '' and bytes > tonumber(quota) then return reply('quota', quota, text(bytes)) end
if current then created, count = current_created, text(tonumber(current_count) + 1) end
if revision == '' then
  redis.call('HDEL', head, key)
  redis.call('HDEL', body, key)
else
  ordinal = ordinal or text(sequence(last) + 1) .. '.0'
  redis.call('HSET', head, key, table.concat({ revision, created, count, ARGV[15], op, ordinal, ARGV[16] }, ' '))
  redis.call('HSET', body, key, ARGV[17])
end
-- One of the four keys may be new, and have no time to live yet.
local is_new = not current or last == '0-0'
commit(ARGV[7], ARGV[8], bytes, stored .. ' ' .. (revision == '' and '-' or revision) .. ' ' .. key)
if is_new or is_idle() then touch() end
return reply('ok', last)
`;

/** Puts records in the place of all. `first` is the index in ARGV of the first one: key, version, revision, createdAt, saveCount, weight, updatedAt, body of each. */
const PUT_RECORDS = `
local function put_records(first, number)
  redis.call('DEL', head, body)
  for index = first, #ARGV, 8 do
    local ordinal = text(number) .. '.' .. text((index - first) / 8)
    local fields = { ARGV[index + 2], ARGV[index + 3], ARGV[index + 4], ARGV[index + 5], ARGV[index + 1], ordinal, ARGV[index + 6] }
    redis.call('HSET', head, ARGV[index], table.concat(fields, ' '))
    redis.call('HSET', body, ARGV[index], ARGV[index + 7])
  end
end
local function weigh_records(first)
  local weight = 0
  for index = first, #ARGV, 8 do weight = weight + tonumber(ARGV[index + 5]) end
  return weight
end
`;

/** ARGV from 7 on: records. */
const REPLACE_ALL = `${WRITING}${PUT_RECORDS}
local bytes = weigh_records(7)
if quota ~= '' and bytes > tonumber(quota) then return reply('quota', quota, text(bytes)) end
local old, keys, flat = {}, {}, redis.call('HGETALL', head)
for index = 1, #flat, 2 do
  local revision, version, number, part = string.match(flat[index + 1], '^(%S+) %S+ %S+ %S+ (%S+) (%d+)%.(%d+)')
  old[flat[index]] = { revision = revision, version = version, number = tonumber(number), part = tonumber(part) }
  keys[#keys + 1] = flat[index]
end
table.sort(keys, function(a, b)
  local x, y = old[a], old[b]
  if x.number ~= y.number then return x.number < y.number end
  return x.part < y.part
end)
local new, lines = {}, {}
for index = 7, #ARGV, 8 do new[ARGV[index]] = { version = ARGV[index + 1], revision = ARGV[index + 2] } end
for _, key in ipairs(keys) do
  local after = new[key]
  if not after or after.version ~= old[key].version then
    lines[#lines + 1] = old[key].revision .. ' ' .. (after and after.revision or '-') .. ' ' .. key
  end
end
for index = 7, #ARGV, 8 do
  if not old[ARGV[index]] then lines[#lines + 1] = '- ' .. ARGV[index + 2] .. ' ' .. ARGV[index] end
end
put_records(7, sequence(last) + 1)
if #lines > 0 then commit('', '', bytes, table.concat(lines, '\\n')) end
touch()
return reply('ok', last)
`;

/** Writes the first contents, where nothing is stored under the namespace. ARGV: incarnation, quota, ttl, format, then records. */
const OPEN = `${prelude()}${PUT_RECORDS}
local format = redis.call('HGET', state, 'format')
if not last then
  local bytes = weigh_records(5)
  if ARGV[2] ~= '' and bytes > tonumber(ARGV[2]) then return reply('quota', ARGV[2], text(bytes)) end
  last, last_op, incarnation, quota, ttl, format = '0-0', '', ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  redis.call('DEL', changes)
  redis.call('HSET', state, 'last', last, 'op', last_op, 'incarnation', incarnation, 'used', text(bytes))
  redis.call('HSET', state, 'quota', quota, 'ttl', ttl, 'format', format)
  put_records(5, 0)
end
touch()
return reply('ok', quota, ttl, format)
`;

/** ARGV: key. */
const READ = `${prelude()}
if not last then return reply('absent') end
if is_idle() then touch() end
return reply('ok', redis.call('HGET', head, ARGV[1]) or '', redis.call('HGET', body, ARGV[1]) or '')
`;

/** ARGV: what is wanted: `usage` alone, `heads` too, or whole `records`. */
const READ_ALL = `${prelude()}
if not last then return reply('absent') end
touch()
local none = {}
local heads = ARGV[1] == 'usage' and none or redis.call('HGETALL', head)
return reply('ok', used, heads, ARGV[1] == 'records' and redis.call('HGETALL', body) or none)
`;

/**
 * Whether the log continues from where a registry stands. ARGV: id, operation and incarnation of that position; or, to find one, an empty id and a
 * time in ms: what happened before is left out.
 */
const FOLLOW = `${prelude()}
if not last then return reply('absent') end
touch()
local oldest = redis.call('XRANGE', changes, '-', '+', 'COUNT', 1)[1]
local kept = oldest and sequence(oldest[1]) or sequence(last) + 1
if ARGV[1] == '' then
  local before = redis.call('XREVRANGE', changes, '(' .. ARGV[2] .. '-0', '-', 'COUNT', 1)[1]
  if before then return reply('ok', before[1], before[2][2]) end
  if kept == 1 then return reply('ok', '0-0', '') end
  return reply('gap', oldest and '0-' .. text(kept - 1) or last, '')
end
local number = sequence(ARGV[1])
if ARGV[3] ~= incarnation or number > sequence(last) then return reply('rewound') end
-- Nothing to compare with: it is before the log, or its operation is not known.
if number == 0 or number < kept or ARGV[2] == '' then return reply('ok') end
local entry = redis.call('XRANGE', changes, ARGV[1], ARGV[1])[1]
return reply(entry and entry[2][2] == ARGV[2] and 'ok' or 'rewound')
`;

function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

export const scripts = {
  open: script(OPEN),
  commit: script(COMMIT),
  replaceAll: script(REPLACE_ALL),
  read: script(READ),
  readAll: script(READ_ALL),
  follow: script(FOLLOW),
} as const;
