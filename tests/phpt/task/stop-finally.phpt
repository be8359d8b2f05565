--TEST--
A stop that comes while a `finally` block ends: the block has run once, no `catch` of its try runs after it, and what the loop that is left goes through is released once
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$file = script('
    final class Blocks
    {
        static int $begun = 0, $ended = 0, $late = 0;

        // The blocks take long enough that a stop comes in them; the VM looks for one behind the block.
        static function falls(string $text) { try { self::$begun++; } finally { self::$ended++; $all = $text . $text . self::$ended . $text; } }
        static function returns(string $text) { try { self::$begun++; return 1; } finally { self::$ended++; $all = $text . $text . self::$ended . $text; } }
        static function catches(string $text)
        {
            try { self::$begun++; return 1; }
            catch (Throwable $stop) { self::$late += self::$ended === self::$begun ? 1 : 0; throw $stop; }
            finally { self::$ended++; $all = $text . $text . self::$ended . $text; }
        }
        static function leaves(string $text, array $list)
        {
            try { foreach ($list as $item) { self::$begun++; return $item; } } finally { self::$ended++; $all = $text . $text . self::$ended . $text; }
        }
        static function run(string $way, FfiZts\Channel $begun, FfiZts\Channel $said)
        {
            $text = str_repeat("t", 300000);
            $list = array_map(fn (int $n) => [$n, $text], range(1, 3));
            $before = refcount($list);
            try {
                $begun->send(1); // in here: where the machine is busy a stop comes before this goes on
                while (true) { self::$way($text, $list); }
            } finally {
                $said->send([self::$ended - self::$begun, self::$late, refcount($list) - $before]);
            }
        }
    }
    /** How many hold the array, by the words of the debug functions. */
    function refcount(array $list): int
    {
        ob_start();
        debug_zval_dump($list);
        return (int) preg_replace("/^.*?refcount\((\d+)\).*$/s", "$1", ob_get_clean());
    }
');
// Otherwise the stop's trace would hold the arguments.
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $file, 'ini' => ['zend.exception_ignore_args' => '1']]);
[$begun, $said] = [new FfiZts\Channel(1), new FfiZts\Channel(4)];
foreach (['falls', 'returns', 'catches', 'leaves'] as $way) {
    $sums = [0, 0, 0];
    for ($n = 0; $n < 25; $n++) {
        $future = $vm->run(['Blocks', 'run'], [$way, $begun, $said]);
        $begun->recv(60);
        usleep(500 + 37 * $n);
        $future->cancel(60);
        [$more, $late, $references] = $said->recv(60);
        $sums = [$sums[0] + ($more > 0), $sums[1] + $late, $sums[2] + ($references !== 0)];
    }
    echo "$way: $sums[0] twice, $sums[1] late, $sums[2] times other references\n";
}
?>
--EXPECT--
falls: 0 twice, 0 late, 0 times other references
returns: 0 twice, 0 late, 0 times other references
catches: 0 twice, 0 late, 0 times other references
leaves: 0 twice, 0 late, 0 times other references
