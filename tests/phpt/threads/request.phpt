--TEST--
A request of an extension's thread has its job's environment, directory, restrictions and arguments, and leaves nothing behind
--SKIPIF--
<?php require __DIR__ . '/extension.inc'; threads_skip(); ?>
--FILE--
<?php
require __DIR__ . '/extension.inc';

mkdir(tmp('in'));
mkdir(tmp('out'));
file_put_contents(tmp('out/secret'), 'SECRET');
$extension = var_export(threads_extension(), true);
ended(php('
    putenv("FROM_HOST=host");
    setlocale(LC_ALL, "C");
    chdir(' . var_export(tmp('in'), true) . ');
    $vm = FfiZts::boot(["threads" => 1, "extensions" => [' . $extension . '], "ini" => ["variables_order" => "EGPCS"]]);
    // What the thread writes is JSON.
    $in = function (string $code, string $before = "") use ($vm) {
        ob_start();
        $said = $vm->runScript(script($before . " return threads\\\\join(threads\\\\start(" . var_export("echo json_encode([" . $code . "]);", true) . "));"))->value;
        printf("%s: %s\n", $said, plain(ob_get_clean()));
    };
    $in(\'getenv("FROM_HOST"), $_SERVER["FROM_HOST"], $_ENV["FROM_HOST"], getcwd(), basename($_SERVER["SCRIPT_FILENAME"])\');
    // The job\'s own changes go along, as far as they were made; what a thread changes stays in it.
    $in(\'getenv("FROM_HOST"), getenv("FROM_JOB"), trim(shell_exec("echo \$FROM_HOST \$FROM_JOB"))\', \'putenv("FROM_HOST"); putenv("FROM_JOB=job");\');
    $in(\'putenv("FROM_HOST=thread"), getenv("FROM_HOST"), trim(shell_exec("echo \$FROM_HOST")), chdir("/"), getcwd()\');
    echo json_encode([getenv("FROM_HOST"), plain(getcwd()) === plain(realpath(' . var_export(tmp('in'), true) . '))]), "\n";
    // Nor do they find what an earlier request left, in the environment, the locale or the process.
    for ($i = 0; $i < 3; $i++) {
        $in(\'getenv("LEFT"), putenv("LEFT=behind"), setlocale(LC_CTYPE, 0), setlocale(LC_CTYPE, "C.UTF-8") !== null, getenv("FROM_HOST")\');
        echo json_encode($vm->runScript(script(\'$r = [getenv("LEFT"), setlocale(LC_CTYPE, 0)]; putenv("LEFT=" . str_repeat("x", 5000)); setlocale(LC_CTYPE, "C.UTF-8"); return $r;\'))->value), "\n";
    }
    echo setlocale(LC_CTYPE, 0), "\n";
    // The process is the host\'s there as well.
    $in(\'@posix_kill(getmypid(), 9), @posix_kill(0, 15), umask(0777) !== null, function_exists("dl")\');
    printf("%o\n", umask());
    // Settings and time zone of the host at the call.
    date_default_timezone_set("Asia/Tokyo");
    ini_set("precision", "5");
    set_include_path("/opt");
    $in(\'date_default_timezone_get(), ini_get("precision"), get_include_path()\');
    // Restrictions of this moment.
    file_put_contents("job.php", \'<?php return threads\join(threads\start(\\\'echo json_encode([@file_get_contents("../out/secret"), @scandir("/"), ini_get("memory_limit"),
        @ini_set("open_basedir", "/")]);\\\'));\');
    ini_set("memory_limit", "48M");
    ini_set("open_basedir", getcwd());
    echo "restricted: ", $vm->runScript("job.php")->value, "\n";
', ['open_basedir' => '', 'memory_limit' => '96M'], ['posix']));
?>
--EXPECTF--
status 0: returned: ["host","host","host","%s\/in","script1.php"]
returned: [false,"job","job"]
returned: [true,"thread","thread",true,"\/"]
["host",true]
returned: [false,true,"C",true,"host"]
[false,"C"]
returned: [false,true,"C",true,"host"]
[false,"C"]
returned: [false,true,"C",true,"host"]
[false,"C"]
C
returned: [false,false,true,false]
22
returned: ["Asia\/Tokyo","5","\/opt"]
restricted: [false,false,"48M",false]returned
