<?php

/*
 * A server on one event loop, which never waits for work: requests are worked off by a pool, answers go out when they are there.
 *
 *     php -d extension=ffi_zts.so examples/server.php
 *
 * A request is a line with a password, the answer its bcrypt hash: pure computing, that would hold up the loop. The server listens
 * on 127.0.0.1; to be an example that ends, it has three clients of its own, and stops when all have been answered.
 */

declare(strict_types=1);

$pool = FfiZts::boot()->pool(2);
$hash = static fn (string $password): string => password_hash($password, PASSWORD_BCRYPT, ['cost' => 8]);

$server = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($server, false);

$clients = [];
foreach (['swordfish', 'open sesame', 'mellon'] as $password) {
    $clients[$password] = stream_socket_client("tcp://$address");
    fwrite($clients[$password], "$password\n");
}

$connections = []; // id of a socket => socket
$working = [];     // the same id => future of its answer
$streams = [];     // the same id => stream of the future
$unanswered = count($clients);
while ($unanswered > 0) {
    // One call waits for everything: new connections, requests, and answers.
    $waiting = array_diff_key($connections, $working);
    [$read, $none] = [[$server, ...array_values($waiting), ...array_values($streams)], null];
    stream_select($read, $none, $none, null);

    if (in_array($server, $read, true)) {
        $connection = stream_socket_accept($server);
        $connections[(int) $connection] = $connection;
    }
    foreach (array_intersect($waiting, $read) as $id => $connection) {
        $line = fgets($connection);
        if ($line === false) {
            unset($connections[$id]);
            continue;
        }
        $working[$id] = $pool->submit($hash, [rtrim($line)], timeout: 10.0);
        $streams[$id] = $working[$id]->getStream();
    }
    foreach (array_intersect($streams, $read) as $id => $stream) {
        if ($working[$id]->isDone()) {
            try {
                fwrite($connections[$id], $working[$id]->await() . "\n");
            } catch (Exception) {
                fwrite($connections[$id], "sorry\n");
            }
            unset($working[$id], $streams[$id]);
            $unanswered--;
        }
    }
}

foreach ($clients as $password => $client) {
    echo "$password: ", password_verify($password, rtrim(fgets($client))) ? 'answered' : 'wrong', "\n";
}
