-- What wrk runs beside its requests: it prints what was seen as a line of JSON, and where an address is
-- given, each request creates something with a new one.

local address = os.getenv("SCAFFOLD_ADDRESS")

if address then
  local count = 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  function request()
    count = count + 1
    local body = string.format('{"name": "Ann Lee", "email": "%s-%d@example.com"}', address, count)
    return wrk.format(nil, nil, nil, body)
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "refused": %d, "broken": %d, "p50": %.3f, "p99": %.3f}',
    summary.requests,
    summary.duration,
    errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000
  ))
end
