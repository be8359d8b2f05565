--TEST--
A future's stream is one descriptor, shared with the engine: closed by either, it is taken from nobody
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$gate = new FfiZts\Channel(-1);
$gate->send('what is opened once is open');
$vm->run(fn () => $gate->recv(60.0))->await();
$none = null;
// Of a worker that starts meanwhile the standard streams are three.
$links = fn (): array => array_map(fn (string $link) => (string) @readlink($link), (array) glob('/proc/self/fd/*'));
$standard = array_map(fn (int $fd) => readlink("/proc/self/fd/$fd"), [0, 1, 2]);
$descriptors = fn (): int => count(array_diff(preg_grep('/eventfd|pipe/', $links()), $standard));
$before = $descriptors();
$futures = $streams = [];
for ($i = 0; $i < 300; $i++) {
    $futures[] = $vm->run(fn () => $gate->recv(60.0));
    $streams[] = end($futures)->getStream();
}
echo $descriptors() - $before, " of 300 streams\n";
$more = [$futures[0]->getStream(), $futures[0]->getStream()];
echo $descriptors() - $before, " with two more\n";
// A descriptor that was closed is nobody else's then.
$closed = $futures[299]->getStream();
fclose($streams[299]);
fclose($closed);
$file = tmpfile();
fwrite($file, 'kept');
for ($i = 0; $i < 300; $i++) {
    $gate->send($i);
}
FfiZts\Future::awaitAll($futures);
rewind($file);
echo fread($file, 10), "\n";
unset($streams[299]);
$read = [...$streams, ...$more];
echo stream_select($read, $none, $none, 0), " readable\n";
var_dump(fread($streams[0], 8), feof($streams[0]), stream_set_blocking($streams[0], false), @fwrite($streams[0], 'x'));
$read = [$streams[0]];
echo stream_select($read, $none, $none, 0), " after a read\n";
unset($futures, $streams, $more, $closed, $read);
fclose($file);
echo $descriptors() - $before, " left\n";
// Sent on, it is a stream of the thread that receives it.
$future = $vm->run(fn () => $gate->recv(60.0));
$stream = $future->getStream();
$thread = $vm->thread();
$there = $thread->run(function ($stream) { $read = [$stream]; $none = null; return stream_select($read, $none, $none, 60); }, [$stream]);
$gate->send(null);
echo $there->await(), " readable there\n";
?>
--EXPECT--
300 of 300 streams
302 with two more
kept
301 readable
string(0) ""
bool(true)
bool(true)
bool(false)
1 after a read
0 left
1 readable there
