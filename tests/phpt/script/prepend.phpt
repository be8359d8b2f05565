--TEST--
Prepended files run before each job, in order, then auto_prepend_file; their failures are the job's
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot([
    'prepend' => [script('echo "one "; function from_prepend() { return "defined "; }'), script('echo from_prepend(), "two "; if (($argv[1] ?? "") === "throw") throw new DomainException("in prepend"); if (($argv[1] ?? "") === "exit") exit(4);')],
    'ini' => ['auto_prepend_file' => script('echo "auto ";'), 'auto_append_file' => script('echo "append\n";')],
]);
$main = script('echo "main "; return from_prepend();');
for ($i = 0; $i < 2; $i++) {
    echo $vm->runScript($main)->value, "\n";
}
thrown(fn () => $vm->runScript($main, ['throw']));
echo $vm->runScript($main, ['exit'])->exitCode, "\n";
ended(php('thrown(fn () => FfiZts::boot(["prepend" => [tmp("missing.php")]])->runScript(script("echo \"main ran\";")));'));
?>
--EXPECTF--
one defined two auto main append
defined 
one defined two auto main append
defined 
one defined two DomainException: in prepend
one defined two 4
status 0: %AFfiZts\%s: %smissing.php%s
