--TEST--
getStream() becomes readable when the job has ended; stream_select() over several
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 3]);
$gate = script('while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } return $argv[2];');
$futures = $streams = [];
foreach (['a', 'b', 'c'] as $name) {
    $futures[$name] = $vm->startScript($gate, [tmp("gate-$name"), $name]);
    $streams[$name] = $futures[$name]->getStream();
}
var_dump(is_resource($streams['a']), get_resource_type($streams['a']));
$read = $streams;
$none = null;
var_dump(stream_select($read, $none, $none, 0, 1000));
foreach (['b', 'c', 'a'] as $name) {
    touch(tmp("gate-$name"));
    do {
        $read = $streams;
        $ready = stream_select($read, $none, $none, 30);
        $done = array_keys(array_filter($futures, fn ($future) => $future->isDone()));
    } while ($ready && !$done);
    echo $ready, ' ', implode(array_keys($read)), ' ', $futures[$name]->await(0)->value, "\n";
    unset($streams[$name], $futures[$name]);
}
// Of a job that has ended already; the stream and the future may outlive each other.
$future = $vm->startScript(script('return 5;'));
$future->await();
$stream = $future->getStream();
$again = $future->getStream();
$read = [$stream, $again];
var_dump(stream_select($read, $none, $none, 0));
unset($future);
$read = [$stream];
var_dump(stream_select($read, $none, $none, 0));
fclose($stream);
$future = $vm->startScript($gate, [tmp('gate-d'), 'd']);
fclose($future->getStream());
$stream = $future->getStream();
unset($future);
touch(tmp('gate-d'));
$read = [$stream];
var_dump(stream_select($read, $none, $none, 30));
Probe::assertSame();
?>
--EXPECT--
bool(true)
string(6) "stream"
int(0)
1 b b
1 c c
1 a a
int(2)
int(1)
int(1)
same
