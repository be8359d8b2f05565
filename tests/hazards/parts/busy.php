<?php

// Is busy in native code in one way, for ever.
[, $kind, $port] = $argv;
while (true) {
    switch ($kind) {
        case 'tls':
            $context = stream_context_create(['ssl' => ['verify_peer' => false, 'verify_peer_name' => false]]);
            $stream = @stream_socket_client("ssl://127.0.0.1:$port", $code, $message, 2, STREAM_CLIENT_CONNECT, $context);
            if ($stream) {
                fwrite($stream, "GET / HTTP/1.0\r\n\r\n");
                fread($stream, 100);
                fclose($stream);
            }
            break;
        case 'curl':
            $curl = curl_init("https://127.0.0.1:$port/");
            curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_SSL_VERIFYPEER => false, CURLOPT_SSL_VERIFYHOST => 0, CURLOPT_TIMEOUT => 2]);
            curl_exec($curl);
            break;
        case 'dom':
            $dom = new DOMDocument();
            $dom->loadXML('<a>' . str_repeat('<b c="d">text</b>', 1000) . '</a>');
            (new DOMXPath($dom))->query('//b[@c="d"]');
            break;
        case 'sleep':
            usleep(100_000);
            break;
        case 'cpu':
            for ($i = 0; $i < 100_000; $i++) {
            }
            break;
        case 'output':
            echo str_repeat('x', 10_000);
            break;
        case 'stuck':
            // Reads again after every signal: nothing ends it.
            $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
            fread($pair[0], 1);
            break;
    }
}
