--TEST--
A pool's log tells which task failed on which of its workers, however the exception is printed
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
[$first, $second] = [$vm->pool(2), $vm->pool(1)];
foreach ([$first, $second, $first] as $pool) {
    try {
        $pool->map([1, 2, 3], fn (int $n) => $n < 3 ? $n : throw new RangeException("$n is too large"));
    } catch (RangeException $e) {
        echo strtok(str_replace(__DIR__, '{dir}', (string) $e), "\n"), "\n";
        echo preg_match('/#\d \[internal function\]: \{task \d+, closure at \S+names\.php:8, on worker \d+ of (pool \d)\}\(\)/', (string) $e, $found) ? "$found[1]\n" : $e;
    }
}
[$errors] = FfiZts\Future::awaitAll([$first->submit('exit_is_no_function'), $second->submit(fn () => yield 1)]);
foreach ($errors as $error) {
    echo $error::class, ' ', preg_replace('/\d+/', 'N', $error->getWorker()), "\n";
}
// What a throwable was sent with stays when it goes on to another thread.
$told = $second->submit(fn (FfiZts\Exception $e) => [$e->getTask(), $e->getWorker(), $e->getMessage()], [$errors[1]])->await();
var_dump($told === [$errors[1]->getTask(), $errors[1]->getWorker(), $errors[1]->getMessage()], str_starts_with($told[0], 'task '));
?>
--EXPECTF--
RangeException: 3 is too large in {dir}/names.php:8
pool 1
RangeException: 3 is too large in {dir}/names.php:8
pool 2
RangeException: 3 is too large in {dir}/names.php:8
pool 1
FfiZts\TransferException worker N of pool N
FfiZts\TransferException worker N of pool N
bool(true)
bool(true)
