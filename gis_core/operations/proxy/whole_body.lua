-- A body is read whole, to the disk if it is large, before the web server hears of the request; whoever has sent less
-- than $body_rate bytes a second once $body_seconds are over is cut off. nginx by itself limits only the time between
-- two pieces.
local TOO_SLOW, GONE = 418, 444  -- nginx.conf makes 408 of the first; the second closes without an answer
local MOST_WITHOUT_ACCOUNT = 3 * 1024 * 1024  -- bytes: only forms and requests, never files

local var = ngx.var
if var.http_transfer_encoding then
    return ngx.exit(411)
end
local length = tonumber(var.http_content_length)
if not length or length == 0 then
    return
end
local grace, rate = tonumber(var.body_seconds), tonumber(var.body_rate)
local named = var.http_authorization or (var.http_cookie or ""):find("arpent_session=", 1, true)
if length > MOST_WITHOUT_ACCOUNT and not named then
    return ngx.exit(413)
end

local socket = ngx.req.socket()
if not socket then
    return ngx.exit(400)
end
ngx.req.init_body()
local begun, received = ngx.now(), 0
while received < length do
    ngx.update_time()
    local left = begun + grace + received / rate - ngx.now()
    if left <= 0 then
        return ngx.exit(TOO_SLOW)
    end
    socket:settimeout(left * 1000)
    local piece, err = socket:receiveany(math.min(length - received, 65536))
    if not piece then
        return ngx.exit(err == "timeout" and TOO_SLOW or GONE)
    end
    received = received + #piece
    ngx.req.append_body(piece)
end
ngx.req.finish_body()
