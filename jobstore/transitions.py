"""The moves of a job's life as Lua scripts, so that each is atomic and the first valid end stays.

queued -> running -> succeeded | failed; queued or running -> canceled. Every attempt has a new token and only the newest may end the
job: a worker that froze and woke late is refused (fencing). What a script does is counted as it is done. A batch counts its jobs in the
same moves, so the end of its last document is known once, and known where it happens. Where the end is to be told, the event is written
by the move that makes it (`outbox`).

All of them work when Redis is full (`allow-oom`): the service stops accepting well before, and what was accepted has to be worked off.
Names are made from ids inside, so these scripts, as RQ, want one Redis, not a cluster of them.
"""

from jobstore import keys
from jobstore.announcing import ANNOUNCE

_NAMES = f"""#!lua flags=allow-oom
local lanes = {{'{keys.Lane.SHORT.value}', '{keys.Lane.LONG.value}'}}
local queues = {{['{keys.Lane.SHORT.value}'] = '{keys.Lane.SHORT.queue}', ['{keys.Lane.LONG.value}'] = '{keys.Lane.LONG.queue}'}}
local leases = {{['{keys.Lane.SHORT.value}'] = '{keys.Lane.SHORT.leases}', ['{keys.Lane.LONG.value}'] = '{keys.Lane.LONG.leases}'}}
local counters, recoveries, suspended = '{keys.COUNTERS}', '{keys.RECOVERIES}', '{keys.SUSPENDED}'
local function record_of(id) return '{keys.record("")}' .. id end
local function request_of(id) return '{keys.request("")}' .. id end
local function result_of(id) return '{keys.result("")}' .. id end
local function rq_job_of(id) return '{keys.rq_job("")}' .. id end
"""

# A job's record names its batch and its idempotency key, where it has them. Scripts run one after another, each as a whole: whoever brings
# queued and running to 0 ends the batch. `ending` is {now, expires_at, ttl_s, kept_s, increments}.
_PRELUDE = (
    _NAMES
    + ANNOUNCE
    + """
local function count(increments)
  for field, by in pairs(cjson.decode(increments)) do redis.call('HINCRBYFLOAT', counters, field, by) end
end
local function recovered(kind, id, now)
  redis.call('HINCRBY', counters, 'jujang_recoveries|' .. kind, 1)
  redis.call('LPUSH', recoveries, now .. ' ' .. kind .. ' ' .. id)
  redis.call('LTRIM', recoveries, 0, 99)
end
local function keep(record, kept_s)
  redis.call('EXPIRE', record, kept_s)
  local key = redis.call('HGET', record, 'idempotency_key')
  if key then redis.call('EXPIRE', key, kept_s) end
end
local function batch_ended(batch, now, expires_at, kept_s)
  announce(batch, redis.call('HEXISTS', batch, 'canceled_at') == 1 and 'batch.canceled' or 'batch.finished', now)
  redis.call('HSET', batch, 'finished_at', now, 'expires_at', expires_at)
  redis.call('EXPIRE', batch .. ':documents', kept_s)
  keep(batch, kept_s)
end
local function counted_in_batch(id, was, is)
  local batch = redis.call('HGET', record_of(id), 'batch')
  if not batch or redis.call('EXISTS', batch) == 0 then return nil end
  redis.call('HINCRBY', batch, was, -1)
  redis.call('HINCRBY', batch, is, 1)
  redis.call('HINCRBY', batch, 'version', 1)
  return batch
end
local function ended(id, was, is, ending)
  local now, expires_at, ttl_s, kept_s, increments = unpack(ending)
  redis.call('HSET', record_of(id), 'status', is, 'finished_at', now, 'expires_at', expires_at)
  keep(record_of(id), kept_s)
  announce(record_of(id), 'extraction.' .. is, now)
  redis.call('EXPIRE', request_of(id), ttl_s)
  redis.call('DEL', rq_job_of(id))
  count(increments)
  local batch = counted_in_batch(id, was, is)
  if batch and redis.call('HGET', batch, 'queued') == '0' and redis.call('HGET', batch, 'running') == '0' then
    batch_ended(batch, now, expires_at, kept_s)
  end
end
local function failed(id, was, ending, problem)
  redis.call('HSET', record_of(id), 'error', problem)
  ended(id, was, 'failed', ending)
end
local function rq_status(id, status)
  if redis.call('EXISTS', rq_job_of(id)) == 1 then redis.call('HSET', rq_job_of(id), 'status', status) end
end
local function lapses_at(lease_s)
  local now = redis.call('TIME')
  return string.format('%.3f', now[1] + now[2] / 1000000 + lease_s)
end
local function let_go(id, token)
  for _, lane in ipairs(lanes) do redis.call('ZREM', leases[lane], id .. ':' .. token) end
end
local function put_back(lane, member, kind, attempts_max, ending, problem)
  redis.call('ZREM', leases[lane], member)
  local id, token = string.match(member, '^(.*):([^:]*)$')
  local status, attempt, attempts = unpack(redis.call('HMGET', record_of(id), 'status', 'attempt', 'attempts'))
  if status ~= 'running' then return end
  if attempt ~= token then  -- begun anew elsewhere, or by a version that named leases otherwise
    if redis.call('ZSCORE', leases[lane], id .. ':' .. attempt) then return end
    redis.call('LREM', queues[lane], 0, id)
  end
  if kind == 'job_handed_back' then
    redis.call('HINCRBY', record_of(id), 'attempts', -1)
  elseif tonumber(attempts) >= tonumber(attempts_max) then
    return failed(id, status, ending, problem)
  end
  redis.call('LPUSH', queues[lane], id)
  rq_status(id, 'queued')
  recovered(kind, id, ending[1])
end
"""
)

# ARGV lane, token, now, lease_s, '1' where it is asked again -> job, created_at, request_id, traceparent, request (or false) of the job
# that this token holds now; nil where none waits
TAKE = (
    _PRELUDE
    + """
local lane, token, now, lease_s, again = unpack(ARGV)
local function begun(id)
  local created_at, request_id, traceparent = unpack(redis.call('HMGET', record_of(id), 'created_at', 'request_id', 'traceparent'))
  return {id, created_at, request_id or '', traceparent or '', redis.call('GET', request_of(id))}
end
if again == '1' then
  for _, member in ipairs(redis.call('ZRANGE', leases[lane], 0, -1)) do
    local id, holder = string.match(member, '^(.*):([^:]*)$')
    if holder == token and redis.call('HGET', record_of(id), 'attempt') == token then return begun(id) end
  end
end
if redis.call('EXISTS', suspended) == 1 then return nil end
for _ = 1, 1000 do
  local id = redis.call('LPOP', queues[lane])
  if not id then return nil end
  local status = redis.call('HGET', record_of(id), 'status')
  if status == 'queued' or status == 'running' then
    redis.call('ZADD', leases[lane], lapses_at(lease_s), id .. ':' .. token)
    redis.call('HSET', record_of(id), 'status', 'running', 'attempt', token, 'started_at', now)
    redis.call('HINCRBY', record_of(id), 'attempts', 1)
    if status == 'queued' then counted_in_batch(id, status, 'running') end
    rq_status(id, 'started')
    return begun(id)
  end
  redis.call('DEL', rq_job_of(id))
end
return nil
"""
)

# ARGV lease_s, then lane, job, token of each -> the tokens that hold their job no longer
RENEW = (
    _PRELUDE
    + """
local lost = {}
for i = 2, #ARGV, 3 do
  local lane, id, token = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local status, attempt = unpack(redis.call('HMGET', record_of(id), 'status', 'attempt'))
  if status == 'running' and attempt == token then
    local member = id .. ':' .. token
    if not redis.call('ZSCORE', leases[lane], member) then redis.call('LREM', queues[lane], 0, id) end  -- it had lapsed, nobody was faster
    redis.call('ZADD', leases[lane], lapses_at(ARGV[1]), member)
  else
    table.insert(lost, token)
  end
end
return lost
"""
)

# ARGV job, token, now, expires_at, ttl_s, kept_s, increments, result -> 1 where the result was taken
SUCCEED = (
    _PRELUDE
    + """
local id, token = ARGV[1], ARGV[2]
local status, attempt = unpack(redis.call('HMGET', record_of(id), 'status', 'attempt'))
let_go(id, token)
if attempt ~= token and (status == 'running' or status == 'succeeded') then recovered('late_result_refused', id, ARGV[3]) end
if attempt ~= token or status ~= 'running' then return 0 end
redis.call('SET', result_of(id), ARGV[8], 'EX', ARGV[5])
ended(id, status, 'succeeded', {unpack(ARGV, 3, 7)})
return 1
"""
)

# ARGV job, token, now, expires_at, ttl_s, kept_s, increments, problem -> 1 where the job failed by this
FAIL = (
    _PRELUDE
    + """
local id, token = ARGV[1], ARGV[2]
local status, attempt = unpack(redis.call('HMGET', record_of(id), 'status', 'attempt'))
let_go(id, token)
if attempt ~= token or status ~= 'running' then return 0 end
failed(id, status, {unpack(ARGV, 3, 7)}, ARGV[8])
return 1
"""
)

# ARGV token, kind of recovery, attempts_max, now, expires_at, ttl_s, kept_s, increments, problem -> 1 where the token held a job
RELEASE = (
    _PRELUDE
    + """
for _, lane in ipairs(lanes) do
  for _, member in ipairs(redis.call('ZRANGE', leases[lane], 0, -1)) do
    if string.match(member, '([^:]*)$') == ARGV[1] then
      put_back(lane, member, ARGV[2], ARGV[3], {unpack(ARGV, 4, 8)}, ARGV[9])
      return 1
    end
  end
end
return 0
"""
)

# ARGV kind of recovery, attempts_max, now, expires_at, ttl_s, kept_s, increments, problem -> how many leases had lapsed
RECOVER = (
    _PRELUDE
    + """
local lapsed = 0
for _, lane in ipairs(lanes) do
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', leases[lane], 0, lapses_at(0), 'LIMIT', 0, 1000)) do
    put_back(lane, member, ARGV[1], ARGV[2], {unpack(ARGV, 3, 7)}, ARGV[8])
    lapsed = lapsed + 1
  end
end
return lapsed
"""
)

# ARGV job, owner, '1' where it is erased also if it has ended, now, expires_at, ttl_s, kept_s, increments -> nil where the owner has no
# such job, else the status it had
ERASE = (
    _PRELUDE
    + """
local id, ended_too, ending = ARGV[1], ARGV[3], {unpack(ARGV, 4, 8)}
local status, owner = unpack(redis.call('HMGET', record_of(id), 'status', 'owner'))
if not status or (owner or 'anonymous') ~= ARGV[2] then return nil end
if status == 'queued' or status == 'running' then
  ended(id, status, 'canceled', ending)
elseif ended_too == '0' then
  return status
else
  counted_in_batch(id, status, status)
end
if status == 'queued' then
  for _, lane in ipairs(lanes) do redis.call('LREM', queues[lane], -1, id) end
end
redis.call('HSET', record_of(id), 'erased', '1')
redis.call('HDEL', record_of(id), 'document_id')
redis.call('DEL', request_of(id), result_of(id))
keep(record_of(id), ending[4])
return status
"""
)
