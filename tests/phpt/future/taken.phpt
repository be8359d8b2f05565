--TEST--
A future whose outcome has been taken: select() finds it done, and it does not cross, which says why; on the host and in a script
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$steps = script(<<<'PHP'
    $taken = FfiZts::boot()->run('strlen', ['four']);
    $value = $taken->await();
    $failed = FfiZts::boot()->run('intdiv', [1, 0]);
    FfiZts\Future::awaitAll([$failed]);
    [$empty, $full] = [new FfiZts\Channel, new FfiZts\Channel(1)];
    $full->send(1);
    $ready = FfiZts\select(['empty' => $empty, 'taken' => $taken, 'full' => $full, 'failed' => $failed]);
    sort($ready);
    $seen = [$value, $ready, FfiZts\select([7 => $taken], 0), FfiZts\select([$empty], 0)];
    foreach ([
        fn () => $full->send(['f' => $taken]),
        fn () => FfiZts::boot()->run('count', [[$failed]]),
    ] as $send) {
        try {
            $seen[] = $send();
        } catch (FfiZts\TransferException $exception) {
            $seen[] = $exception->getMessage();
        }
    }
    return $seen;
    PHP);
print_r($here = require $steps);
var_dump($vm->runScript($steps)->value === $here);
?>
--EXPECT--
Array
(
    [0] => 4
    [1] => Array
        (
            [0] => failed
            [1] => full
            [2] => taken
        )

    [2] => Array
        (
            [0] => 7
        )

    [3] => Array
        (
        )

    [4] => message['f']: the outcome of this FfiZts\Future has been taken here, so there is nothing left to wait for: send the value
    [5] => argument $args[0][0]: the outcome of this FfiZts\Future has been taken here, so there is nothing left to wait for: send the value
)
bool(true)
