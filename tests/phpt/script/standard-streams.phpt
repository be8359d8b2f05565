--TEST--
STDIN, STDOUT and STDERR are the host's, on descriptors of the job's own
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = <<<'PHP'
    $before = Probe::fds();
    $vm = FfiZts::boot(['threads' => 2]);
    $result = $vm->runScript(script('
        $line = fgets(STDIN);
        fwrite(STDOUT, "out: $line");
        fwrite(STDERR, "err: $line");
        file_put_contents("php://stdout", "wrapper out\n");
        file_put_contents("php://stderr", "wrapper err\n");
        fclose(STDOUT);
        fclose(STDERR);
        fclose(STDIN);
        return 1;'));
    // Descriptors 0 to 2 are still the host's, and a file that is opened now is none of them.
    $file = fopen(__FILE__, 'r');
    $after = Probe::fds();
    echo json_encode([$before[0] === $after[0], $before[1] === $after[1], $before[2] === $after[2]]), "\n";
    fwrite(STDERR, "host err\n");
    // A second job has its streams again.
    $vm->runScript(script('fwrite(STDOUT, "again\n"); fclose(fopen("php://stdin", "r")); fclose(fopen("php://stdout", "w")); fclose(fopen("php://output", "w"));'));
    $vm->runScript(script('fwrite(STDOUT, "and again\n");'));
    fwrite(STDOUT, "host out\n");
    PHP;
ended(php($code, stdin: "first line\nsecond line\n"));
// A host that has closed its standard input: the constant is missing, nothing else happens.
ended(php('fclose(STDIN); FfiZts::boot()->runScript(script("echo defined(\"STDOUT\") ? \"out \" : \"no out \", (int) PHP_ZTS;"));'));
?>
--EXPECT--
status 0: out: first line
wrapper out
[true,true,true]
again
and again
host out
stderr: err: first line
wrapper err
host err
status 0: out 1
