"""The moves of a job's life as Lua scripts, so that each is atomic and the first valid end stays.

queued -> running -> succeeded | failed; queued or running -> canceled. Every start takes a new attempt token and only the newest
may end the job: a worker that froze and woke late is refused (fencing).

The last two KEYS of each are the counters and the recoveries: what a script does is counted as it is done. A batch counts its jobs in
the same moves, so the end of its last document is known once, and known where it happens. Where the end is to be told, the event is
written by the move that makes it (`outbox`).
"""

from jobstore.outbox import ANNOUNCE

# A job's record names its batch and its idempotency key, where it has them. Scripts run one after another, each as a whole: whoever brings
# queued and running to 0 ends the batch.
_PRELUDE = (
    ANNOUNCE
    + """
local counters, recoveries = KEYS[#KEYS - 1], KEYS[#KEYS]
local function count(increments)
  for field, by in pairs(cjson.decode(increments)) do redis.call('HINCRBYFLOAT', counters, field, by) end
end
local function recovered(kind, job, now)
  redis.call('HINCRBY', counters, 'jujang_recoveries|' .. kind, 1)
  redis.call('LPUSH', recoveries, now .. ' ' .. kind .. ' ' .. job)
  redis.call('LTRIM', recoveries, 0, 99)
end
local function keep(record, kept_s)
  redis.call('EXPIRE', record, kept_s)
  local key = redis.call('HGET', record, 'idempotency_key')
  if key then redis.call('EXPIRE', key, kept_s) end
end
local function batch_ended(batch, now, expires_at, kept_s)
  announce(batch, redis.call('HEXISTS', batch, 'canceled_at') == 1 and 'batch.canceled' or 'batch.completed', now)
  redis.call('HSET', batch, 'finished_at', now, 'expires_at', expires_at)
  redis.call('EXPIRE', batch .. ':documents', kept_s)
  keep(batch, kept_s)
end
local function counted_in_batch(was, is)
  local batch = redis.call('HGET', KEYS[1], 'batch')
  if not batch or redis.call('EXISTS', batch) == 0 then return nil end
  redis.call('HINCRBY', batch, was, -1)
  redis.call('HINCRBY', batch, is, 1)
  redis.call('HINCRBY', batch, 'version', 1)
  return batch
end
local function ended(was, is, now, expires_at, kept_s, increments)
  redis.call('HSET', KEYS[1], 'status', is, 'finished_at', now, 'expires_at', expires_at)
  keep(KEYS[1], kept_s)
  announce(KEYS[1], 'extraction.' .. is, now)
  count(increments)
  local batch = counted_in_batch(was, is)
  if batch and redis.call('HGET', batch, 'queued') == '0' and redis.call('HGET', batch, 'running') == '0' then
    batch_ended(batch, now, expires_at, kept_s)
  end
end
"""
)

# KEYS record; ARGV token, now, job -> created_at, request_id, traceparent where the work may begin
START = (
    _PRELUDE
    + """
local status = redis.call('HGET', KEYS[1], 'status')
if status ~= 'queued' and status ~= 'running' then return nil end
redis.call('HSET', KEYS[1], 'status', 'running', 'attempt', ARGV[1], 'started_at', ARGV[2])
if redis.call('HINCRBY', KEYS[1], 'attempts', 1) > 1 then recovered('attempt_begun_anew', ARGV[3], ARGV[2]) end
if status == 'queued' then counted_in_batch(status, 'running') end
return redis.call('HMGET', KEYS[1], 'created_at', 'request_id', 'traceparent')
"""
)

# KEYS record, request, result; ARGV token, now, expires_at, ttl_s, remembered_s, result, increments, job -> 1 where the result was taken
SUCCEED = (
    _PRELUDE
    + """
local status, overtaken = redis.call('HGET', KEYS[1], 'status'), redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1]
if overtaken and (status == 'running' or status == 'succeeded') then recovered('late_result_refused', ARGV[8], ARGV[2]) end
if overtaken or status ~= 'running' then return 0 end
redis.call('SET', KEYS[3], ARGV[6], 'EX', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
ended(status, 'succeeded', ARGV[2], ARGV[3], ARGV[5], ARGV[7])
return 1
"""
)

# KEYS record, request; ARGV token or '' for any attempt, now, expires_at, ttl_s, remembered_s, problem, increments -> 1 where the job
# failed by this
FAIL = (
    _PRELUDE
    + """
local status = redis.call('HGET', KEYS[1], 'status')
if status ~= 'queued' and status ~= 'running' then return 0 end
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1] then return 0 end
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[1], 'error', ARGV[6])
ended(status, 'failed', ARGV[2], ARGV[3], ARGV[5], ARGV[7])
return 1
"""
)

# KEYS record, request, result; ARGV now, expires_at, remembered_s, owner, increments, 1 or 0: also where it has ended -> nil where the
# owner has no such job, else the status it had
ERASE = (
    _PRELUDE
    + """
local status = redis.call('HGET', KEYS[1], 'status')
if not status or (redis.call('HGET', KEYS[1], 'owner') or 'anonymous') ~= ARGV[4] then return nil end
if status == 'queued' or status == 'running' then
  ended(status, 'canceled', ARGV[1], ARGV[2], ARGV[3], ARGV[5])
elseif ARGV[6] == '0' then
  return status
else
  counted_in_batch(status, status)
end
redis.call('HSET', KEYS[1], 'erased', '1')
redis.call('HDEL', KEYS[1], 'document_id')
redis.call('DEL', KEYS[2], KEYS[3])
keep(KEYS[1], ARGV[3])
return status
"""
)
