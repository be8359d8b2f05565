--TEST--
A job that writes more than its buffer holds comes to its end while the host only selects and asks isDone()
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$big = script('for ($i = 0; $i < 3072; $i++) echo str_repeat(chr(65 + $i % 26), 1024); return "done";');
$bytes = 0;
ob_start(function ($chunk) use (&$bytes) { $bytes += strlen($chunk); return ''; }, 4096);
$futures = [$vm->startScript($big), $vm->startScript($big)];
$streams = [$futures[0]->getStream(), $futures[1]->getStream()];
$end = microtime(true) + 60;
while (!($futures[0]->isDone() && $futures[1]->isDone()) && microtime(true) < $end) {
    $read = $streams;
    $none = null;
    stream_select($read, $none, $none, 0, 500000);
}
$done = [$futures[0]->isDone(), $futures[1]->isDone()];
foreach ($futures as $i => $future) {
    $values[] = $done[$i] ? $future->await(0)->value : $future->cancel();
}
ob_end_flush();
echo json_encode($done), json_encode($values), $bytes, "\n";
?>
--EXPECT--
[true,true]["done","done"]6291456
