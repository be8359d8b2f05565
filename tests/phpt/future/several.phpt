--TEST--
awaitAll(), awaitFirst(), awaitAny(): as amphp names them; on the host and in a task
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 3]);
$race = function () {
    $vm = FfiZts::boot();
    $after = fn (int $ms, mixed $value) => $vm->run(function () use ($ms, $value) { usleep($ms * 1000); return $value instanceof Throwable ? throw $value : $value; });
    $out = [];
    [$errors, $values] = FfiZts\Future::awaitAll(['a' => $after(20, 1), 'b' => $after(0, new DomainException('no')), 'c' => $after(0, 3)]);
    $out[] = [array_map(fn ($e) => $e->getMessage(), $errors), $values];
    $out[] = FfiZts\Future::awaitFirst([$after(3000, 'slow'), $after(0, 'fast')]);
    $out[] = FfiZts\Future::awaitAny([$after(0, new LogicException('fails first')), $after(50, 'succeeds')]);
    try { FfiZts\Future::awaitFirst([$after(0, new LogicException('first fails')), $after(3000, 1)]); } catch (LogicException $e) { $out[] = $e->getMessage(); }
    try { FfiZts\Future::awaitAny(['x' => $after(0, new LogicException('one')), 'y' => $after(0, new LogicException('two'))]); } catch (FfiZts\CompositeException $e) { $out[] = array_map(fn ($e) => $e->getMessage(), $e->getReasons()); }
    try { FfiZts\Future::awaitAll([$after(3000, 1)], 0.01); } catch (FfiZts\TimeoutException $e) { $out[] = explode(' (', $e->getMessage())[0]; }
    try { FfiZts\Future::awaitFirst([]); } catch (FfiZts\Error $e) { $out[] = $e->getMessage(); }
    try { FfiZts\Future::awaitAll(['k' => 1]); } catch (FfiZts\Error $e) { $out[] = $e->getMessage(); }
    return json_encode($out);
};
$host = $race();
echo $host, "\n";
var_dump($vm->run($race)->await() === $host);
?>
--EXPECT--
[[{"b":"no"},{"a":1,"c":3}],"fast","succeeds","first fails",{"x":"one","y":"two"},"timed out after 0.01 s; the job goes on, cancel() stops it","there is no future to wait for","$futures['k'] must be a FfiZts\\Future, int given"]
bool(true)
