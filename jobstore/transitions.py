"""The moves of a job's life as Lua scripts, so that each is atomic and the first valid end stays.

queued -> running -> succeeded | failed; queued or running -> canceled. Every start takes a new attempt token and only the newest
may end the job: a worker that froze and woke late is refused (fencing).

The last two KEYS of each are the counters and the recoveries: what a script does is counted as it is done.
"""

_PRELUDE = """
local counters, recoveries = KEYS[#KEYS - 1], KEYS[#KEYS]
local function count(increments)
  for field, by in pairs(cjson.decode(increments)) do redis.call('HINCRBYFLOAT', counters, field, by) end
end
local function recovered(kind, job, now)
  redis.call('HINCRBY', counters, 'jujang_recoveries|' .. kind, 1)
  redis.call('LPUSH', recoveries, now .. ' ' .. kind .. ' ' .. job)
  redis.call('LTRIM', recoveries, 0, 99)
end
"""

# KEYS record; ARGV token, now, job -> created_at, request_id, traceparent where the work may begin
START = (
    _PRELUDE
    + """
local status = redis.call('HGET', KEYS[1], 'status')
if status ~= 'queued' and status ~= 'running' then return nil end
redis.call('HSET', KEYS[1], 'status', 'running', 'attempt', ARGV[1], 'started_at', ARGV[2])
if redis.call('HINCRBY', KEYS[1], 'attempts', 1) > 1 then recovered('attempt_begun_anew', ARGV[3], ARGV[2]) end
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
redis.call('HSET', KEYS[1], 'status', 'succeeded', 'finished_at', ARGV[2], 'expires_at', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
count(ARGV[7])
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
redis.call('HSET', KEYS[1], 'status', 'failed', 'finished_at', ARGV[2], 'expires_at', ARGV[3], 'error', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[5])
count(ARGV[7])
return 1
"""
)

# KEYS record, request, result; ARGV now, remembered_s, owner, increments -> nil where the owner has no such job, else the status it had
ERASE = (
    _PRELUDE
    + """
local status = redis.call('HGET', KEYS[1], 'status')
if not status or (redis.call('HGET', KEYS[1], 'owner') or 'anonymous') ~= ARGV[3] then return nil end
if status == 'queued' or status == 'running' then
  redis.call('HSET', KEYS[1], 'status', 'canceled', 'finished_at', ARGV[1])
  count(ARGV[4])
end
redis.call('HSET', KEYS[1], 'erased', '1')
redis.call('HDEL', KEYS[1], 'document_id')
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2], KEYS[3])
return status
"""
)
