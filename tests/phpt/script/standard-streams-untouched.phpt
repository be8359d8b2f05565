--TEST--
STDIN, STDOUT and STDERR of a worker's later jobs, which open on first use, cannot be told from those of its first
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = <<<'PHP'
    $vm = FfiZts::boot(['threads' => 1]);
    $script = script('
        $seen = [ftell(STDIN), ftell(STDERR), (string) STDIN, (string) STDOUT, (string) STDERR, (string) fopen("php://memory", "r")];
        $seen[] = [stream_get_meta_data(STDIN), stream_get_meta_data(STDOUT), stream_get_meta_data(STDERR)];
        $seen[] = [fstat(STDIN)["ino"], stream_isatty(STDOUT), posix_isatty(STDERR), stream_supports_lock(STDERR)];
        $seen[] = (string) fopen("php://memory", "r");
        $seen[] = [stream_set_blocking(STDIN, true), fflush(STDERR), fwrite(STDERR, ""), @ftruncate(STDIN, 1)];
        return $seen;');
    // The second and the third use them in another order each.
    $select = script('$r = [STDIN]; $w = [STDOUT, STDERR]; $e = null; return [stream_select($r, $w, $e, 0), count($r), count($w)];');
    $close = script('fclose(STDERR); fclose(STDIN); fclose(STDOUT); return (string) fopen("php://memory", "r");');
    $child = script('return stream_get_contents(popen("cat >&2; echo child", "r"));');
    $results = [];
    foreach ([1, 2, 3] as $round) {
        foreach ([$script, $select, $close] as $job) {
            $results[$round][] = $vm->runScript($job)->value;
        }
    }
    $first = $results[1][0];
    echo 'at ', json_encode($first[0]), ', seekable ', json_encode($first[6][0]['seekable']), ', next resource ', $first[5], "\n";
    echo $results[1] == $results[2] && $results[2] == $results[3] ? "the same\n" : json_encode($results, JSON_PRETTY_PRINT);
    $read = script('fseek(STDIN, 2, SEEK_CUR); return fgets(STDIN);');
    echo json_encode($vm->runScript($read)->value), "\n";
    echo json_encode($vm->runScript($child)->value), "\n";
    PHP;
$line = [...php_command(extensions: ['posix']), script('require ' . var_export(dirname(__DIR__) . '/support.inc', true) . ";\n" . $code)];
echo "--- a file, of which a line was read\n";
ended(run(['sh', '-c', 'read line; exec "$@"', 'sh', ...$line], stdin: "one\n--two\nthree\n"));
echo "--- a pipe\n";
ended(run(['sh', '-c', 'printf -- "--two\nthree\n" | "$@"', 'sh', ...$line]));
echo "--- a device\n";
ended(run(['sh', '-c', 'exec "$@" < /dev/zero 2> /dev/null', 'sh', ...array_slice($line, 0, -1), script('
    require ' . var_export(dirname(__DIR__) . '/support.inc', true) . ';
    $vm = FfiZts::boot(["threads" => 1]);
    $job = script("return [ftell(STDIN), stream_get_meta_data(STDIN), fread(STDIN, 3), feof(STDIN), fwrite(STDERR, \'text\')];");
    $a = $vm->runScript($job)->value;
    echo $a == $vm->runScript($job)->value ? "the same, " : "others, ", json_encode($a[2]);')]));
?>
--EXPECT--
--- a file, of which a line was read
status 0: at 4, seekable true, next resource Resource id #5
the same
"two\n"
"child\n"
--- a pipe
status 0: at false, seekable false, next resource Resource id #5
the same
"two\n"
"child\n"
--- a device
status 0: the same, "\u0000\u0000\u0000"