--TEST--
A host that has disabled the function by which the guest looks for the place of its interrupts: stops find the frames all the same
--INI--
disable_functions=zend_version
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script('
    class Text { public function __toString(): string { return md5("x"); } }
    function busy($begun, $seen) {
        $begun->send(1);
        try { while (true) { strtoupper(md5("x") . new Text() . call_user_func("strrev", md5("y"))); } } finally { $seen->send("finally"); }
    }')]);
[$begun, $seen] = [new FfiZts\Channel(1), new FfiZts\Channel(1)];
echo $vm->run('function_exists', ['zend_version'])->await() ? 'there' : 'disabled', "\n";
for ($n = 0; $n < 40; $n++) {
    $future = $vm->run('busy', [$begun, $seen]);
    $begun->recv(60);
    usleep(50 * $n);
    $future->cancel(60);
    $seen->recv(60);
}
echo "$n stops, each ran finally\n";
?>
--EXPECT--
disabled
40 stops, each ran finally
