"""What happens on the Redis server in one step: the Lua scripts of the store.

Each gets every key it touches as KEYS. Times are those of the server, so that the clocks of the
machines need not agree. A script that writes carries a token: made again because its answer was
lost, it sees by the token that it was made, and gives the same answer.

Who lives is a sorted set, process → until when (ms). An entry lies in a hash; its message in the
stream tells who works at it: it is pending for the consumer of that process, or for NOBODY.
"""

from __future__ import annotations

from typing import Final

GROUP: Final = "workers"
NOBODY: Final = "nobody"

_TIME: Final = """
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function life_left(processes, process)
  local score = process and redis.call('ZSCORE', processes, process)
  return score and math.max(0, tonumber(score) - now()) or 0
end
"""

_CLAIM: Final = """
local me, token, doubts, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local holder, known, since, runs, answer =
  unpack(redis.call('HMGET', KEYS[1], 'holder', 'token', 'since', 'runs', 'answer'))
local age = since and now() - tonumber(since) or 0
if answer then return {0, answer, age, 0} end
if not holder then
  redis.call('HSET', KEYS[1], 'holder', me, 'token', token, 'since', now(), 'runs', 0)
  redis.call('PEXPIRE', KEYS[1], kept)
  return {1, false, 0, 0}
end
if known == token then return {1, false, age, tonumber(runs)} end
if string.find(doubts, known, 1, true) then
  redis.call('HSET', KEYS[1], 'token', token)
  return {1, false, age, tonumber(runs)}
end
if holder == me or life_left(KEYS[2], holder) > 0 then return {0, false, age, 0} end
redis.call('PEXPIRE', KEYS[1], kept)
if redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('HSET', KEYS[1], 'answer', '')
  return {0, '', age, 0}
end
redis.call('HSET', KEYS[1], 'holder', me, 'token', token, 'runs', runs + 1)
return {1, false, age, runs + 1}
"""

_LOOK: Final = """
local holder, answer = unpack(redis.call('HMGET', KEYS[1], 'holder', 'answer'))
if answer or not holder then return {answer, 0} end
if holder == ARGV[1] then return {false, tonumber(ARGV[2])} end
return {false, life_left(KEYS[2], holder)}
"""

_SETTLE: Final = """
local answer, kept, channel, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local known = redis.call('HGET', KEYS[1], 'answer')
if known then return known end
redis.call('HSET', KEYS[1], 'answer', answer)
redis.call('HSETNX', KEYS[1], 'since', now())
redis.call('PEXPIRE', KEYS[1], kept)
redis.call('PUBLISH', channel, name)
return answer
"""

_RELEASE: Final = """
local token, channel, name = ARGV[1], ARGV[2], ARGV[3]
local known, answer = unpack(redis.call('HMGET', KEYS[1], 'token', 'answer'))
if known ~= token or answer then return end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', channel, name)
"""

_PUT: Final = """
local token, value, kept = ARGV[1], ARGV[2], tonumber(ARGV[3])
local known, answer = unpack(redis.call('HMGET', KEYS[2], 'token', 'answer'))
if known ~= token or answer then return 0 end
if kept > 0 then
  redis.call('SET', KEYS[1], value, 'PX', kept)
else
  redis.call('DEL', KEYS[1])
end
return 1
"""

_LEAVE: Final = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[2], '')
"""

# XCLAIM would also take a message from whoever has taken it over: only what is still its own.
_BEAT: Final = """
local me = ARGV[1]
redis.call('ZADD', KEYS[1], now() + ARGV[2], me)
for i = 3, #ARGV do
  local mine = redis.pcall('XPENDING', KEYS[2], GROUP, ARGV[i], ARGV[i], 1, me)
  if mine[1] then redis.call('XCLAIM', KEYS[2], GROUP, me, 0, ARGV[i], 'JUSTID') end
end
"""

# Every message is delivered in the script that adds it, so that it is always pending for somebody.
# Where it is not, the group was lost: all that the stream holds goes to NOBODY then.
_STREAM: Final = """
local function deliver_all(stream)
  local read = redis.pcall('XREADGROUP', 'GROUP', GROUP, NOBODY, 'STREAMS', stream, '>')
  if read and read.err then
    redis.call('XGROUP', 'CREATE', stream, GROUP, '0', 'MKSTREAM')
    redis.call('XREADGROUP', 'GROUP', GROUP, NOBODY, 'STREAMS', stream, '>')
  end
end
local function add(stream, consumer, identity)
  local id = redis.call('XADD', stream, '*', 'identity', identity)
  local read = redis.pcall(
    'XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', 1, 'STREAMS', stream, '>')
  if not read or read.err or read[1][2][1][1] ~= id then
    deliver_all(stream)
    redis.call('XCLAIM', stream, GROUP, consumer, 0, id, 'JUSTID')
  end
  return id
end
local function drop(stream, id)
  redis.call('XACK', stream, GROUP, id)
  redis.call('XDEL', stream, id)
end
"""

_KEEP: Final = """
local me, token, doubts, identity = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local known, id = unpack(redis.call('HMGET', KEYS[1], 'token', 'stream'))
if known and known ~= token and not string.find(doubts, known, 1, true) then return false end
if not known then id = add(KEYS[2], me, identity) end
redis.call('HSET', KEYS[1], 'holder', me, 'token', token, 'fence', 1, 'stream', id,
  'state', ARGV[5], 'content', ARGV[7])
redis.call('ZADD', KEYS[3], ARGV[6], identity)
return id
"""

_FORGET: Final = """
local token, identity = ARGV[1], ARGV[2]
local known, id = unpack(redis.call('HMGET', KEYS[1], 'token', 'stream'))
if known ~= token then return end
drop(KEYS[2], id)
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[3], identity)
"""

_SAVE: Final = """
local entry, stream, open, ended = unpack(KEYS)
local me, token, identity, fence = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local state, content, received, kept = ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8])
local holder, known, current, id =
  unpack(redis.call('HMGET', entry, 'holder', 'token', 'fence', 'stream'))
if known == token then return id end
if holder ~= me or current ~= fence then return false end
if state == 'done' or state == 'dead' then
  if id ~= '' then drop(stream, id) end
  id = ''
  redis.call('PEXPIRE', entry, kept)
  redis.call('ZREM', open, identity)
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', ended, '-inf', now(), 'LIMIT', 0, 10)) do
    redis.call('ZREM', ended, old)
  end
  redis.call('ZADD', ended, now() + kept, identity)
else
  if id == '' then
    id = add(stream, me, identity)
    redis.call('PERSIST', entry)
    redis.call('ZREM', ended, identity)
    redis.call('ZADD', open, received, identity)
  end
  if state == 'pending' then
    redis.pcall('XCLAIM', stream, GROUP, NOBODY, 0, id, 'JUSTID')
    holder = ''
  end
end
redis.call('HSET', entry, 'holder', holder, 'token', token, 'stream', id,
  'state', state, 'content', content)
return id
"""

# XAUTOCLAIM goes by idleness alone, and what a closed store left would wait for the lease to end;
# this finds both, and the oldest of them first.
_GATHER: Final = """
local stream, me, lease, limit = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
deliver_all(stream)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now())
local found, seen = {}, {}
local function note(pending, idle)
  for _, one in ipairs(pending) do
    if not seen[one[1]] then
      seen[one[1]] = true
      local ms, number = string.match(one[1], '(%d+)-(%d+)')
      found[#found + 1] = {one[1], idle, tonumber(ms), tonumber(number)}
    end
  end
end
note(redis.call('XPENDING', stream, GROUP, 'IDLE', lease, '-', '+', limit), 1)
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', stream, GROUP)) do
  local name, pending = consumer[2], consumer[4]
  if name ~= me and not redis.call('ZSCORE', KEYS[2], name) then
    if pending > 0 then
      note(redis.call('XPENDING', stream, GROUP, '-', '+', limit, name), 0)
    elseif name ~= NOBODY then
      redis.call('XGROUP', 'DELCONSUMER', stream, GROUP, name)
    end
  end
end
table.sort(found, function(a, b) return a[3] < b[3] or a[3] == b[3] and a[4] < b[4] end)
local gathered = {}
for i = 1, math.min(limit, #found) do
  local claimed = redis.call('XCLAIM', stream, GROUP, me, 0, found[i][1])
  if claimed[1] then
    gathered[#gathered + 1] = {found[i][1], claimed[1][2][2], found[i][2]}
  else
    redis.call('XACK', stream, GROUP, found[i][1])
  end
end
return gathered
"""

# What was idle is taken whoever holds it: a process that does not renew it does not know of it.
_TAKE: Final = """
local stream, processes, me, token = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local function take(entry, id, idle, expected, state, content)
  local holder, known, fence, current =
    unpack(redis.call('HMGET', entry, 'holder', 'token', 'fence', 'stream'))
  if known == token then return 1 end
  local pending = redis.call('XPENDING', stream, GROUP, id, id, 1, me)
  if not pending[1] then return 0 end
  if current ~= id then
    drop(stream, id)
    return 0
  end
  if idle == '0' and holder ~= '' and holder ~= me and life_left(processes, holder) > 0 then
    redis.call('XCLAIM', stream, GROUP, holder, 0, id, 'JUSTID')
    return 0
  end
  if fence ~= expected then return 0 end
  redis.call('HSET', entry, 'holder', me, 'token', token, 'fence', fence + 1,
    'state', state, 'content', content)
  return 1
end
local taken = {}
for i = 3, #KEYS do
  local at = (i - 3) * 5 + 2
  taken[#taken + 1] = take(
    KEYS[i], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
end
return taken
"""

_REPLAY: Final = """
local entry, stream, open, ended = unpack(KEYS)
local token, identity, expected, fence, content, received = unpack(ARGV)
local known, current, state = unpack(redis.call('HMGET', entry, 'token', 'fence', 'state'))
if known == token then return 1 end
if current ~= expected or state ~= 'done' and state ~= 'dead' then return 0 end
local id = add(stream, NOBODY, identity)
redis.call('HSET', entry, 'holder', '', 'token', token, 'fence', fence, 'stream', id,
  'state', 'pending', 'content', content)
redis.call('PERSIST', entry)
redis.call('ZREM', ended, identity)
redis.call('ZADD', open, received, identity)
return 1
"""

_REMOVE: Final = """
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'done' and state ~= 'dead' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
"""

_NAMES: Final = f"local GROUP, NOBODY = '{GROUP}', '{NOBODY}'\n"

CLAIM: Final = _TIME + _CLAIM
LOOK: Final = _TIME + _LOOK
SETTLE: Final = _TIME + _SETTLE
RELEASE: Final = _RELEASE
PUT: Final = _PUT
LEAVE: Final = _LEAVE
BEAT: Final = _NAMES + _TIME + _BEAT
KEEP: Final = _NAMES + _STREAM + _KEEP
FORGET: Final = _NAMES + _STREAM + _FORGET
SAVE: Final = _NAMES + _TIME + _STREAM + _SAVE
GATHER: Final = _NAMES + _TIME + _STREAM + _GATHER
TAKE: Final = _NAMES + _TIME + _STREAM + _TAKE
REPLAY: Final = _NAMES + _STREAM + _REPLAY
REMOVE: Final = _REMOVE
