--TEST--
Values: a throwable arrives, whatever cannot be built of its properties; from here to there
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/parts.inc';

eval($common . $show . $sender);
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script($common . $show . $receiver)]);
foreach (CASES as $case) {
    echo $vm->run('show', [made($case)])->await();
}
foreach (['before', 'after', 'array', 'hook'] as $case) {
    echo "$case: ";
    thrown(fn () => $vm->run('short', [values($case)])->await());
}
// Outside of a throwable nothing is left out, and the error says which side lacks it.
thrown(fn () => $vm->run('short', [function_there()])->await());
thrown(fn () => $vm->run('short', [scope_there()])->await());
?>
--EXPECT--
function         Full (function: null, 'kept')
method           Full (method: null, 'kept')
closure          Full (closure: null, 'kept')
scope            Full (scope: null, 'kept')
captured         Full (captured: null, 'kept')
bound elsewhere  Full (bound elsewhere: null, 'kept')
magic            Full (magic: null, 'kept')
object           Full (object: null, 'kept')
abstract         Full (abstract: null, 'kept')
typed            Full (typed: null, 'kept')
case             Full (case: null, 'kept')
in an array      Full (in an array: null, 'kept')
in an object     Full (in an object: null, 'kept')
its hook         Full (its hook: null, 'kept')
its __wakeup()   Full (its __wakeup(): null, 'kept')
twice            Full (twice: null, null)
nested           Full (nested: (inner: null, 'kept'), 'kept')
deeper           Full (deeper: [(inner: null, (innermost: null, 'kept'))], 'kept')
dropped          Full (dropped: null, 'kept')
hook of int
destructor
quiet            Full (quiet: Quiet, 'kept')
shared           Full (shared: null, null) number
typed properties Full (typed properties: 'kept', null)
previous         Exception (inner: null, 'kept') code 3
code             Full (code: 'kept', null)
deep             Full (deep: null, 'kept')
before: nothing thrown, returned string
after: FfiZts\TransferException: something is referred to that could not be built on this side
array: FfiZts\TransferException: something is referred to that could not be built on this side
hook: DomainException: a hook
FfiZts\TransferException: function only_there() is not known here: let the worker load the file that declares it
FfiZts\TransferException: class OnlyThere, the scope of the closure, is not known here: let the worker load the file that declares it
