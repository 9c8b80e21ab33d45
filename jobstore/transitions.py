"""The moves of a job's life as Lua scripts, so that each is atomic and the first valid end stays.

queued -> running -> succeeded | failed; queued or running -> canceled. Every start takes a new attempt token and only the newest
may end the job: a worker that froze and woke late is refused (fencing).
"""

# KEYS record; ARGV token, now -> 1 where the work may begin
START = """
local status = redis.call('HGET', KEYS[1], 'status')
if status ~= 'queued' and status ~= 'running' then return 0 end
redis.call('HSET', KEYS[1], 'status', 'running', 'attempt', ARGV[1], 'started_at', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return 1
"""

# KEYS record, request, result; ARGV token, now, expires_at, ttl_s, remembered_s, result -> 1 where the result was taken
SUCCEED = """
if redis.call('HGET', KEYS[1], 'status') ~= 'running' or redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[3], ARGV[6], 'EX', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[1], 'status', 'succeeded', 'finished_at', ARGV[2], 'expires_at', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""

# KEYS record, request; ARGV token or '' for any attempt, now, expires_at, ttl_s, remembered_s, problem -> 1 where the job failed by this
FAIL = """
local status = redis.call('HGET', KEYS[1], 'status')
if status ~= 'queued' and status ~= 'running' then return 0 end
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1] then return 0 end
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[1], 'status', 'failed', 'finished_at', ARGV[2], 'expires_at', ARGV[3], 'error', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""

# KEYS record, request, result; ARGV now, remembered_s, owner -> nil where the owner has no such job, else the status it had
ERASE = """
local status = redis.call('HGET', KEYS[1], 'status')
if not status or (redis.call('HGET', KEYS[1], 'owner') or 'anonymous') ~= ARGV[3] then return nil end
if status == 'queued' or status == 'running' then
  redis.call('HSET', KEYS[1], 'status', 'canceled', 'finished_at', ARGV[1])
end
redis.call('HSET', KEYS[1], 'erased', '1')
redis.call('HDEL', KEYS[1], 'document_id')
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2], KEYS[3])
return status
"""
