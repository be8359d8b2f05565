--TEST--
A stop in code that the JIT has compiled, where the VM executes an instruction for it: what a branch leaves out is not evaluated
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** A loop of a task, which tells at its end how often something was evaluated that never should be. */
function loop(string $name, string $body): string
{
    return "
        static function $name(FfiZts\\Channel \$begun, FfiZts\\Channel \$said): void
        {
            self::\$needless = 0;
            try {
                \$begun->send(1);
                for (\$i = 0;; \$i++) {
                    \$text = \"t\$i\";
                    \$row = ['a' => \$text, 'b' => \$i];
                    " . str_repeat($body, 8) . '
                }
            } finally {
                $said->send(self::$needless);
            }
        }';
}

$loops = [
    'defaults' => '$all = $text ?? self::needless(); ',
    'defaults of keys' => '$all = $row["a"] ?? self::needless(); ',
    'short ternaries' => '$all = $text ?: self::needless(); ',
    'conditions' => 'if ($text === 1) { self::needless(); } if (in_array($text, ["a", "b", "c"])) { self::needless(); } if (is_int($text)) { self::needless(); } ',
];
$names = array_map(fn (string $name) => strtr($name, ' ', '_'), array_keys($loops));
$file = script('final class Loops
{
    static int $needless;
    static function needless(): string { self::$needless++; return strrev("none"); }
    ' . implode('', array_map(loop(...), $names, $loops)) . '
}');
foreach (['tracing' => 40, 'function' => 10] as $jit => $stops) {
    ended(php('
        $vm = FfiZts::boot(["threads" => 1, "bootstrap" => ' . var_export($file, true) . ', "extensions" => ["opcache"], "ini" =>
            ["opcache.enable" => 1, "opcache.enable_cli" => 1, "opcache.jit" => "' . $jit . '", "opcache.jit_buffer_size" => "16M"]]);
        [$begun, $said] = [new FfiZts\Channel(1), new FfiZts\Channel(1)];
        foreach (' . var_export($names, true) . ' as $name) {
            for ($n = $needless = $told = 0; $n < ' . $stops . '; $n++) { // an exit of a trace that was taken some times is compiled, too
                $future = $vm->run(["Loops", $name], [$begun, $said]);
                $begun->recv(60);
                usleep(1000 + 37 * $n); // so that the loop is compiled, and the stops come at different moments
                $future->cancel(60);
                // After half a second without a moment for an exception it is the bailout, which runs no finally.
                if (count($said)) {
                    $needless += $said->recv();
                    $told++;
                }
            }
            echo "$name: $needless", $told ? "" : ", and no stop was an exception", "\n";
        }
        $vm->shutdown();
        echo "' . $jit . ' ";', limit: 200));
}
?>
--EXPECT--
status 0: defaults: 0
defaults_of_keys: 0
short_ternaries: 0
conditions: 0
tracing
status 0: defaults: 0
defaults_of_keys: 0
short_ternaries: 0
conditions: 0
function
