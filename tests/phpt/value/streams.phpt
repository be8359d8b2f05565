--TEST--
Values: streams with a descriptor cross as a stream over a duplicate of it: files at their position, pipes, sockets
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot();
$descriptors = fn (): int => count(scandir('/proc/self/fd'));
file_put_contents(tmp('lines'), "one\ntwo\nthree\nfour\n");
$file = fopen(tmp('lines'), 'r+');
echo fgets($file);
echo $vm->run(fn ($file) => fgets($file), [$file])->await();
// One open file: the position is shared, as with fork().
fseek($file, 0, SEEK_CUR);
fseek($file, 8);
echo $vm->run(fn ($file) => fgets($file), [$file])->await();
// What was written here is there.
$log = fopen(tmp('log'), 'w');
stream_set_write_buffer($log, 8192);
fwrite($log, 'here ');
$vm->run(function ($log) { fwrite($log, 'there '); }, [$log])->await();
fwrite($log, 'here again');
fclose($log);
echo file_get_contents(tmp('log')), "\n";
// From there to here; it outlives the one there.
$stream = $vm->run(function (string $path) { $file = fopen($path, 'r'); fgets($file); return $file; }, [tmp('lines')])->await();
echo fgets($stream), stream_get_meta_data($stream)['mode'], "\n";
[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($a, "over a socket\n");
echo $vm->run(fn ($socket) => fgets($socket) . fwrite($socket, "back\n"), [$b])->await(), ' ', fgets($a);
$server = stream_socket_server('tcp://127.0.0.1:0');
$client = $vm->run(fn ($server, $name) => [stream_socket_client("tcp://$name"), stream_socket_accept($server, 5)], [$server, stream_socket_get_name($server, false)])->await();
fwrite($client[0], "accepted there\n");
echo fgets($client[1]);
$pipe = popen('echo from a pipe; echo read ahead', 'r');
echo $vm->run(fn ($pipe) => fgets($pipe), [$pipe])->await();
$pipe = popen('printf "a\nb\n"; sleep 0.1', 'r');
usleep(50000);
fgets($pipe);
thrown(fn () => $vm->run(fn ($pipe) => 1, [$pipe])->await());
$filtered = fopen(tmp('lines'), 'r');
stream_filter_append($filtered, 'string.toupper');
thrown(fn () => $vm->run(fn () => 1, ['f' => $filtered])->await());
unset($filtered, $pipe, $client, $server, $a, $b, $stream, $log, $file);
// None is left over, whether it arrives or not.
$round = function (int $count) use ($vm): void {
    for ($i = 0; $i < $count; $i++) {
        $file = fopen(__FILE__, 'r');
        $vm->run(fn ($file) => fgets($file), [$file])->await();
        try {
            $vm->run(fn () => 1, [$file, new WeakMap()])->await();
        } catch (FfiZts\TransferException) {
        }
        $channel = new FfiZts\Channel(1);
        $channel->send($file);
    }
};
$round(3);
$before = $descriptors();
$round(50);
echo $descriptors() - $before, " descriptors more\n";
?>
--EXPECT--
one
two
three
here there here again
two
r
over a socket
5 back
accepted there
from a pipe
FfiZts\TransferException: argument $args[0]: a stream with 2 bytes that were read ahead cannot cross to another thread
FfiZts\TransferException: argument $args['f']: a stream with filters cannot cross to another thread
0 descriptors more
