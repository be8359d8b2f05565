--TEST--
The iterator of a channel, called in any order, as a generator: each method receives what it needs, and at the end there is null
--FILE--
<?php
require __DIR__ . '/../support.inc';

$steps = script(<<<'PHP'
    function filled(mixed ...$values): FfiZts\Channel
    {
        $channel = new FfiZts\Channel(8);
        foreach ($values as $value) {
            $channel->send($value);
        }
        $channel->close();
        return $channel;
    }
    $channel = filled([1], 'two', 3, 4);
    $it = $channel->getIterator();
    $it->rewind();
    $seen = [$it->current(), $it->current(), $it->key(), count($channel)];
    $it->next();
    array_push($seen, count($channel), $it->current(), $it->key(), $it->valid());
    $it->next();
    $it->next(); // past a value that nobody has asked for
    array_push($seen, $it->valid(), $it->current(), $it->key());
    $it->next();
    $end = $it->current();
    array_push($seen, gettype($end), [$end], $it->key(), $it->valid());
    $it->next();
    array_push($seen, $it->current(), filled()->getIterator()->current(), filled()->getIterator()->key());
    try {
        $it->rewind();
    } catch (Error $error) {
        $seen[] = $error->getMessage();
    }
    foreach ($channel = filled(1, 2, 3) as $value) {
        break;
    }
    return [...$seen, $channel->recv(), ...$channel];
    PHP);
echo json_encode(require $steps), "\n";
echo json_encode(FfiZts::boot(['threads' => 1])->runScript($steps)->value), "\n";

/** Asks the iterator that is just receiving it. */
class Asks
{
    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $state): void
    {
        thrown(fn () => $GLOBALS['it']->current());
        thrown(fn () => $GLOBALS['it']->next());
    }
}
$it = filled(new Asks, 'next')->getIterator();
echo get_debug_type($it->current()), "\n";
$it->next();
echo $it->current(), "\n";
?>
--EXPECT--
[[1],[1],0,3,3,"two",1,true,true,4,3,"NULL",[null],null,false,null,null,null,"Iterator does not support rewinding",2,3]
[[1],[1],0,3,3,"two",1,true,true,4,3,"NULL",[null],null,false,null,null,null,"Iterator does not support rewinding",2,3]
FfiZts\Error: the iterator is just waiting for its next value: what that runs cannot ask it
FfiZts\Error: the iterator is just waiting for its next value: what that runs cannot ask it
Asks
next
