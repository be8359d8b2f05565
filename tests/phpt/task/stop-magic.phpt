--TEST--
A stop at the begin of a call of __call(): the stop's trace has no arguments of that call, which are not where a trace looks for them
--FILE--
<?php
require __DIR__ . '/../support.inc';

$file = script('
    final class Magic
    {
        function __call(string $name, array $arguments) { return 1; }
    }
    final class Calls
    {
        /** Leaves values on the stack that nobody releases again. */
        static function litters(string $text): void
        {
            ' . implode(' ', array_map(fn (int $n): string => "\$v$n = \$text . $n;", range(1, 40))) . '
        }
        static function run(FfiZts\Channel $begun, FfiZts\Channel $said): void
        {
            $magic = new Magic();
            try {
                $begun->send(1);
                for ($i = 0;; $i++) {
                    self::litters("litter $i ");
                    ' . str_repeat('$magic->missing(1, 2, 3);', 8) . '
                }
            } catch (FfiZts\CancelledException $stop) {
                $frame = $stop->getTrace()[0];
                $said->send([$frame["function"], $frame["args"] ?? []]);
                throw $stop;
            }
        }
    }
');
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $file, 'ini' => ['zend.exception_ignore_args' => '0']]);
[$begun, $said] = [new FfiZts\Channel(1), new FfiZts\Channel(1)];
$seen = [];
for ($n = 0; $n < 100 || !$seen; $n++) { // until one has come there
    $future = $vm->run(['Calls', 'run'], [$begun, $said]);
    $begun->recv(60);
    usleep(500 + 37 * $n);
    $future->cancel(60);
    [$function, $arguments] = $said->recv(60);
    $function !== 'missing' || $seen[json_encode($arguments)] = true;
}
echo implode("\n", array_keys($seen)), "\n";
?>
--EXPECT--
[]
