<?php

declare(strict_types=1);

/*
 * A server with the faults of servers:  php server.php DIRECTORY LOG
 *
 * It prints its port. The first part of the path says how it behaves, the rest is a file of the directory; each request
 * is a line of the log: its path, its range, its login.
 */

[, $directory, $log] = $argv;
$server = stream_socket_server('tcp://127.0.0.1:0') ?: exit(1);
echo substr(strrchr((string) stream_socket_get_name($server, false), ':'), 1), "\n";
$held = [];
$served = [];

while (true) {
    $client = @stream_socket_accept($server, 3600);
    if ($client === false) {
        continue;
    }
    $request = '';
    while (!str_contains($request, "\r\n\r\n") && ($bytes = (string) fread($client, 8192)) !== '') {
        $request .= $bytes;
    }
    preg_match('~^GET (?:http://[^/]+)?(/\S*) ~', $request, $match);
    $path = $match[1] ?? '/';
    $range = preg_match('/^Range: (\S+)/mi', $request, $match) === 1 ? $match[1] : '-';
    $login = preg_match('/^Authorization: (.+?)\r/mi', $request, $match) === 1 ? $match[1] : '-';
    $proxied = preg_match('~^(?:GET http://|CONNECT )~', $request) === 1 ? ' proxied' : '';
    file_put_contents($log, "$path $range $login$proxied\n", FILE_APPEND);
    preg_match('~^/([\w-]+)/(.*)$~', $path, $match);
    [, $mode, $name] = $match + ['', '', ''];
    $content = (string) @file_get_contents("$directory/" . basename($name));
    $size = strlen($content);
    preg_match('/^bytes=(\d+)-(\d+)$/', $range, $match);
    [$from, $to] = [(int) ($match[1] ?? 0), min((int) ($match[2] ?? $size - 1), $size - 1)];
    $part = substr($content, $from, $to - $from + 1);
    $times = $served[$path] = ($served[$path] ?? 0) + 1;
    $answer = static function (string $status, string $body, array $headers = []) use ($client): void {
        $headers += ['Content-Length' => strlen($body), 'Content-Type' => 'application/octet-stream', 'Connection' => 'close'];
        $head = "HTTP/1.1 $status\r\n";
        foreach ($headers as $header => $value) {
            $head .= $value === null ? '' : "$header: $value\r\n";
        }
        @fwrite($client, "$head\r\n$body");
    };
    $partial = ['Content-Range' => "bytes $from-$to/$size"];
    switch ($mode) {
        case 'refuse':
        case 'missing':
        case 'broken':
            $answer(['refuse' => '403 Forbidden', 'missing' => '404 Not Found', 'broken' => '503 Service Unavailable'][$mode], 'no');
            break;
        case 'flaky':
            // Each piece comes at the third try only.
            $key = "flaky$from";
            $served[$key] = ($served[$key] ?? 0) + 1;
            $served[$key] < 3 ? $answer('503 Service Unavailable', 'busy') : $answer('206 Partial Content', $part, $partial);
            break;
        case 'login':
            $login === '-' ? $answer('401 Unauthorized', 'who?') : $answer('206 Partial Content', $part, $partial);
            break;
        case 'stall':
            $answer('206 Partial Content', substr($part, 0, 100), $partial + ['Content-Length' => strlen($part)]);
            $held[] = $client;
            continue 2;
        case 'whole':
            $answer('200 OK', $content);
            break;
        case 'redirect':
            $answer('302 Found', '', ['Location' => "/good/$name"]);
            break;
        case 'away':
            // To the same server by another name: what is a login of one host is not for another.
            $answer(
                '302 Found',
                '',
                ['Location' => str_replace('127.0.0.1', 'localhost', 'http://' . stream_socket_get_name($server, false)) . "/good/$name"],
            );
            break;
        case 'circle':
            $answer('302 Found', '', ['Location' => "/circle/$name"]);
            break;
        case 'file':
            $answer('302 Found', '', ['Location' => 'file:///etc/passwd']);
            break;
        case 'page':
            $answer('200 OK', '<html>Please log in</html>', ['Content-Type' => 'text/html; charset=utf-8']);
            break;
        case 'more':
            $answer('206 Partial Content', $part . str_repeat('x', 5000), $partial);
            break;
        case 'endless':
            $answer('200 OK', $content . str_repeat('x', 5000), ['Content-Length' => null]);
            break;
        case 'larger':
            $answer('206 Partial Content', $part, ['Content-Range' => "bytes $from-$to/" . ($size + 1)]);
            break;
        case 'short':
            $answer('206 Partial Content', substr($part, 0, 10), $partial + ['Content-Length' => null]);
            break;
        case 'shifted':
            $answer('206 Partial Content', $part, ['Content-Range' => 'bytes ' . ($from + 1) . "-$to/$size"]);
            break;
        case 'wrong':
            $answer('206 Partial Content', str_repeat('?', strlen($part)), $partial);
            break;
        case 'once-wrong':
            $answer('206 Partial Content', $times === 1 ? str_repeat('?', strlen($part)) : $part, $partial);
            break;
        default:
            $size === 0 ? $answer('404 Not Found', 'no') : $answer('206 Partial Content', $part, $partial);
    }
    fclose($client);
}
