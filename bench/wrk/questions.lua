-- Posts prepared questions in turn and prints what it measured as one line of JSON.
-- Arguments: the file of questions (per question a line with the Authorization header, maybe empty, and a line with
-- the body), and the milliseconds that a connection waits between an answer and its next question.

local questions, turn = {}, 0

function init(arguments)
  local pause = tonumber(arguments[2])
  local authorization
  for line in io.lines(arguments[1]) do
    if authorization == nil then
      authorization = line
    else
      local headers = { ["Content-Type"] = "application/json" }
      if authorization ~= "" then headers["Authorization"] = authorization end
      questions[#questions + 1] = wrk.format("POST", nil, headers, line)
      authorization = nil
    end
  end
  if pause > 0 then
    delay = function() return math.random(0, 2 * pause) end
  end
end

function request()
  turn = turn % #questions + 1
  return questions[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
