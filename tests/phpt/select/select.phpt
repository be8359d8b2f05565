--TEST--
select(): the keys of what is ready, times, misuse, channels and futures together, on the host and in a script
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;
use function FfiZts\select;

$sources = ['a' => new Channel(2), 7 => new Channel(2), 'c' => new Channel];
var_dump(select($sources, 0), select($sources, 0.01));
$sources[7]->send(1);
echo json_encode(select($sources)), "\n";
$sources['c']->close();
$ready = select($sources);
sort($ready);
echo json_encode($ready), "\n";
$sources[7]->recv();
echo json_encode(select($sources)), "\n";

echo "-- who takes only the first is fair\n";
$sources['a']->send(1);
$sources[7]->send(1);
$first = [];
for ($i = 0; $i < 30; $i++) {
    $first[select($sources)[0]] = true;
}
echo count($first), "\n";

echo "-- misuse\n";
thrown(fn () => select([]));
thrown(fn () => select([1]));
thrown(fn () => select([new ArrayObject]));
thrown(fn () => select($sources, -1));

echo "-- with threads\n";
$vm = FfiZts::boot(['threads' => 3]);
[$one, $two] = [Channel::make('one'), Channel::make('two', 1)];
$send = script('usleep(20_000); FfiZts\Channel::open($argv[1])->send($argv[1]);');
foreach (['two', 'one', 'two'] as $name) {
    $future = $vm->startScript($send, [$name]);
    [$key] = select(['one' => $one, 'two' => $two], 20);
    echo $key, ' ', ${$key}->recv(0), "\n";
    $future->await();
}
$future = $vm->startScript(script('usleep(30_000); echo "[end]"; return 5;'));
$ready = select([$one, 'future' => $future], 20);
echo json_encode($ready), ' ', $future->await(0)->value, "\n";
$chooser = script(<<<'PHP'
    $sources = ['one' => FfiZts\Channel::open('one'), 'two' => FfiZts\Channel::open('two')];
    $got = [];
    while (count($got) < 4) {
        foreach (FfiZts\select($sources) as $key) {
            $got[] = $key . $sources[$key]->recv();
        }
    }
    sort($got);
    return implode(' ', $got);
    PHP);
$future = $vm->startScript($chooser);
$one->send(1);
$two->send(2);
$two->send(3);
$one->send(4);
echo $future->await()->value, "\n";

echo "-- several that select\n";
$results = Channel::make('results', -1);
$taker = script(<<<'PHP'
    [$sources, $out] = [[FfiZts\Channel::open('one'), FfiZts\Channel::open('two')], FfiZts\Channel::open('results')];
    while ($sources) {
        foreach (FfiZts\select($sources) as $key) {
            try {
                $out->send($sources[$key]->recv(0));
            } catch (FfiZts\TimeoutException) {
            } catch (FfiZts\ClosedException) {
                unset($sources[$key]);
            }
        }
    }
    PHP);
$takers = [$vm->startScript($taker), $vm->startScript($taker)];
$sum = 0;
for ($i = 1; $i <= 2000; $i++) {
    // A rendezvous needs somebody who waits in recv(): who selects comes when a sender waits.
    ($i % 2 ? $one : $two)->send($i);
    $sum += $i;
}
$one->close();
$two->close();
foreach ($takers as $future) {
    $future->await();
}
$results->close();
var_dump(array_sum(iterator_to_array($results, false)) === $sum);
?>
--EXPECT--
array(0) {
}
array(0) {
}
[7]
[7,"c"]
["c"]
-- who takes only the first is fair
3
-- misuse
ValueError: FfiZts\select(): Argument #1 ($sources) must not be empty
TypeError: FfiZts\select(): Argument #1 ($sources) must contain only channels and futures, int given
TypeError: FfiZts\select(): Argument #1 ($sources) must contain only channels and futures, ArrayObject given
FfiZts\Error: timeout: must be 0 or more seconds, -1 given
-- with threads
two two
one one
two two
[end]["future"] 5
one1 one4 two2 two3
-- several that select
bool(true)
