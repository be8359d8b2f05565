--TEST--
Constants that PHP code has defined come along where the other side has none of that name; its own come first
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
namespace App {
    const LIMIT = 7;

    final class Settings
    {
        public const SIZE = 10;
        public const LIST = [self::SIZE => 'ten'];
        private const SECRET = 1;
    }

    enum Kind: string
    {
        case One = 'one';
        public const FIRST = self::One;
    }

    function closures(): array
    {
        return [
            fn () => LIMIT,
            fn () => [LIMIT, \EVERYWHERE, EVERYWHERE, \App\LIMIT, namespace\LIMIT],
            fn (int $limit = LIMIT * 2, array $list = [LIMIT => Settings::SIZE]) => [$limit, $list],
            fn () => Settings::SIZE + 1,
            fn () => [...Settings::LIST],
            fn () => \defined('EVERYWHERE') ? \EVERYWHERE : 'none',
            fn () => [\OTHERWISE, \defined('OTHERWISE')],
            function () {
                static $limit = LIMIT, $all = [LIMIT, \EVERYWHERE];
                return [++$limit, $all];
            },
            fn () => (fn () => (function (int $n = Settings::SIZE) {
                static $m = LIMIT;
                return $n + $m++;
            })())(),
            fn () => \A_KIND,
            fn () => Kind::FIRST,
            fn () => Settings::SECRET,
            fn () => \constant('EVERYWHERE'),
            fn () => \NOWHERE,
            fn () => Nowhere::SIZE,
        ];
    }
}

namespace {
    require __DIR__ . '/closure.inc';

    define('EVERYWHERE', ['list' => [1, 2.5, 'three', true, null]]);
    define('OTHERWISE', 'the host\'s');
    define('A_KIND', App\Kind::One); // an object: it has a class, which a value does not bring along
    $vm = FfiZts::boot(['bootstrap' => script('const OTHERWISE = "the guest\'s";')]);
    foreach (App\closures() as $f) {
        try {
            echo json_encode($vm->run($f)->await()), "\n";
        } catch (Throwable $e) {
            echo $e::class, ': ', $e->getMessage(), "\n";
        }
    }
    /* And back. */
    $back = $vm->run(fn () => fn () => [OTHERWISE, EVERYWHERE['list'][2]])->await();
    echo json_encode($back()), "\n";
    $vm->run(function () { define('OF_THE_GUEST', [1]); })->await();
    $back = $vm->run(eval('return function () { return fn ($x = OF_THE_GUEST) => [OF_THE_GUEST, $x, defined("OF_THE_GUEST")]; };'))->await();
    echo json_encode($back()), ' ', json_encode(defined('OF_THE_GUEST')), "\n";
    /* As it is when the closure is sent first. */
    $f = fn () => LATER;
    thrown(fn () => $vm->run($f)->await());
    define('LATER', 'now');
    echo json_encode($vm->run(fn () => LATER)->await()), "\n";
}
?>
--EXPECT--
7
[7,{"list":[1,2.5,"three",true,null]},{"list":[1,2.5,"three",true,null]},7,7]
[14,{"7":10}]
11
["ten"]
{"list":[1,2.5,"three",true,null]}
["the guest's",true]
[8,[7,{"list":[1,2.5,"three",true,null]}]]
17
Error: Undefined constant "A_KIND"
Error: Class "App\Kind" not found
Error: Class "App\Settings" not found
Error: Undefined constant "EVERYWHERE"
Error: Undefined constant "NOWHERE"
Error: Class "App\Nowhere" not found
["the host's","three"]
[[1],[1],true] false
Error: Undefined constant "LATER"
"now"
