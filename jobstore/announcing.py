"""How what has ended gets into the outbox: in the move that ends it. Apart from the outbox itself, which who ends jobs never reads."""

from jobstore import keys

KEPT_S = 7 * 86_400
"""So long an event waits for somebody to deliver it at all."""

ANNOUNCE = (
    """
local function announce(record, kind, now)
  local url = redis.call('HGET', record, 'callback_url')
  if not url then return end
  local id, time = string.match(record, '[^:]+$'), redis.call('TIME')
  local known = redis.call('HMGET', record, 'owner', 'document_id', 'request_id')
  redis.call('HSET', '@EVENT@' .. id, 'record', record, 'type', kind, 'at', now, 'url', url, 'attempts', 0,
    'owner', known[1] or 'anonymous', 'document_id', known[2] or '', 'request_id', known[3] or '')
  redis.call('EXPIRE', '@EVENT@' .. id, @KEPT_S@)
  redis.call('ZADD', '@OUTBOX@', time[1] + time[2] / 1000000, id)
end
""".replace("@EVENT@", keys.event(""))
    .replace("@KEPT_S@", str(KEPT_S))
    .replace("@OUTBOX@", keys.OUTBOX)
)
"""Lua for the moves of `transitions`: what has ended is to be told, where its record has a callback URL."""
