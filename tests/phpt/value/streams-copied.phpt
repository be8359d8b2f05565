--TEST--
Values: php://memory, php://temp and data: cross as copies: content, position, mode, name; each side goes on by itself
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'ini' => ['allow_url_fopen' => '0']]);
$all = function ($stream): array {
    $at = ftell($stream);
    $rest = stream_get_contents($stream);
    rewind($stream);
    $content = stream_get_contents($stream);
    $data = stream_get_meta_data($stream);
    ksort($data);
    return [$at, strlen($rest), md5($content), fstat($stream)['size'], array_diff_key($data, ['eof' => 1, 'timed_out' => 1, 'blocked' => 1])];
};
foreach (['php://memory', 'php://temp', 'php://temp/maxmemory:16', 'php://temp/maxmemory:0'] as $url) {
    foreach (['', "one\ntwo\n", "one\ntwo\n" . str_repeat("x\0", 100000)] as $content) {
        foreach (['w+', 'a+'] as $mode) {
            $stream = fopen($url, $mode);
            fwrite($stream, $content);
            fseek($stream, min(2, strlen($content)));
            $line = fgets($stream); // PHP has read ahead
            $at = ftell($stream);
            $there = $vm->run($all, [$stream])->await();
            if (ftell($stream) !== $at || feof($stream) !== ($content === '')) {
                echo "$url moved: $at, ", ftell($stream), "\n";
            }
            $back = $vm->run(fn ($stream) => $stream, [$stream])->await();
            fwrite($back, 'of its own');
            $here = $all($stream);
            if ($there !== $here) {
                echo "$url $mode ", strlen($content), ' ', json_encode([$there, $here]), "\n";
            }
        }
    }
}
// The limit of memory is that of the name.
$spilled = fn ($stream) => count(array_filter(array_map(fn ($fd) => @readlink("/proc/self/fd/$fd"), scandir('/proc/self/fd')), fn ($file) => str_contains((string) $file, '/php')));
$small = fopen('php://temp/maxmemory:16', 'w+');
fwrite($small, 'small');
$before = $spilled($small);
echo $vm->run(function ($stream) use ($spilled) {
    $before = $spilled($stream);
    fseek($stream, 0, SEEK_END);
    fwrite($stream, str_repeat('x', 20));
    return $spilled($stream) - $before;
}, [$small])->await(), " temporary file\n";
// Read-only ones.
$readonly = fopen('php://memory', 'r');
var_dump($vm->run(fn ($stream) => [@fwrite($stream, 'x'), stream_get_meta_data($stream)['mode']], [$readonly])->await());
foreach (['data:text/plain;charset=x;base64,' . base64_encode('of a name'), 'data://,plain'] as $url) {
    $stream = fopen($url, 'r');
    fread($stream, 3);
    [$there, $here] = [$vm->run($all, [$stream])->await(), $all($stream)];
    echo $there === $here ? "$url as here\n" : json_encode([$there, $here]);
}
// Ends, and what cannot be read.
$end = fopen('php://memory', 'w+');
fread($end, 1);
var_dump($vm->run(fn ($stream) => feof($stream), [$end])->await());
$filtered = fopen('php://memory', 'w+');
stream_filter_append($filtered, 'string.toupper');
thrown(fn () => $vm->run('abs', [$filtered]));
thrown(fn () => $vm->run('abs', [fopen('php://output', 'w')]));
// One stream in several places is one.
$message = new stdClass();
$message->body = fopen('php://temp', 'r+');
$message->again = $message->body;
fwrite($message->body, 'body');
rewind($message->body);
echo $vm->run(fn (object $message) => stream_get_contents($message->body) . ftell($message->again), [$message])->await(), "\n";
$channel = new FfiZts\Channel(1);
$channel->send($message);
$received = $channel->recv();
var_dump($received->body === $received->again, stream_get_contents($received->body));
?>
--EXPECT--
1 temporary file
array(2) {
  [0]=>
  bool(false)
  [1]=>
  string(2) "rb"
}
data:text/plain;charset=x;base64,b2YgYSBuYW1l as here
data://,plain as here
bool(true)
FfiZts\TransferException: argument $args[0]: a stream with filters cannot cross to another thread
FfiZts\TransferException: argument $args[0]: a stream without a descriptor (Output) cannot cross to another thread
body4
bool(true)
string(4) "body"
