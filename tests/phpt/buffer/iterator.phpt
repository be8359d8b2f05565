--TEST--
The iterator of a view, called in any order: nothing outside of the view is read, on the host and in a script
--FILE--
<?php
require __DIR__ . '/../support.inc';

$steps = script(<<<'PHP'
    // What a reader past the view's end would find is there: the rest of the buffer.
    $view = new FfiZts\Int64View(FfiZts\Int64View::fromArray([10, 20, 30, 40])->getBuffer(), 0, 2);
    $it = $view->getIterator();
    $seen = [$it->current(), $it->key()];
    $view[0] = 11;
    array_push($seen, $it->current());
    $it->next();
    array_push($seen, $it->valid(), $it->current(), $it->key());
    $it->next();
    array_push($seen, $it->valid(), $it->current(), $it->key());
    for ($i = 0; $i < 1000; $i++) {
        $it->next();
    }
    array_push($seen, $it->valid(), $it->current(), $it->key());
    $it->rewind();
    array_push($seen, $it->current());
    $none = FfiZts\Float64View::fromArray([])->getIterator();
    $none->next();
    return [...$seen, $none->valid(), $none->current(), $none->key()];
    PHP);
echo json_encode(require $steps), "\n";
echo json_encode(FfiZts::boot(['threads' => 1])->runScript($steps)->value), "\n";
?>
--EXPECT--
[10,0,10,true,20,1,false,null,null,false,null,null,11,false,null,null]
[10,0,10,true,20,1,false,null,null,false,null,null,11,false,null,null]
