<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** `ffi-zts build`: what is handed to scripts/build-extension.sh; and once for real, as doctor's remedy. */
final class BuildTest extends TestCase
{
    use TemporaryDirectory;

    /** @return array{Project, string} with a script that prints what it is given, and a runtime that could be built for */
    private function project(): array
    {
        $project = new Project($this->directory() . '/project', false);
        mkdir($scripts = "$project->directory/vendor/ffi-zts/ffi-zts/scripts");
        file_put_contents("$scripts/build-extension.sh", "#!/bin/sh\nprintf '[%s]' \"\$@\"\nexit 3\n");
        chmod("$scripts/build-extension.sh", 0755);
        mkdir("$project->directory/runtime/bin", 0755, true);
        touch("$project->directory/runtime/bin/phpize");
        chmod("$project->directory/runtime/bin/phpize", 0755);
        return [$project, "$project->directory/runtime"];
    }

    public function testTheScriptIsGivenWhatTheCommandIs(): void
    {
        [$project, $runtime] = $this->project();
        foreach ([
            [['build', 'bcmath'], '[bcmath]'],
            [['build', '--from=pecl', '--jobs', '2', 'redis', '--needs=igbinary', '--needs', 'msgpack', '--', '--enable-a', '-b'],
                '[--from][pecl][--jobs][2][--needs][igbinary][--needs][msgpack][redis][--][--enable-a][-b]'],
            [['build', './my ext', '--sha256=ab', '--cache=/c'], '[--sha256][ab][--cache][/c][./my ext]'],
        ] as [$arguments, $expected]) {
            $run = $project->run(["--runtime=$runtime", ...$arguments]);
            self::assertSame([3, "[--runtime][$runtime]$expected", ''], [$run->status, $run->output, $run->errors]);
        }
    }

    public function testWithoutWhatItNeeds(): void
    {
        [$project, $runtime] = $this->project();
        unlink("$runtime/bin/phpize");
        $refused = $project->run(["--runtime=$runtime", 'build', 'bcmath']);
        self::assertSame([78, ''], [$refused->status, $refused->output]);
        self::assertSame("ffi-zts: the runtime $runtime has no bin/phpize and no headers, as none of a bundle: `ffi-zts install --build` makes one that has; "
            . "`ffi-zts --runtime=DIR build NAME` names another\n", $refused->errors);
        $script = "$project->directory/vendor/ffi-zts/ffi-zts/scripts/build-extension.sh";
        unlink($script);
        $refused = $project->run(["--runtime=$runtime", 'build', 'bcmath']);
        self::assertSame([78, "ffi-zts: there is no $script: this package came without its scripts; "
            . "composer reinstall --prefer-source ffi-zts/ffi-zts brings them\n"], [$refused->status, $refused->errors]);
    }

    /** The note of what the guest lacks, cured by its remedy. */
    public function testWhatDoctorMisses(): void
    {
        $runtime = Process::root() . '/build/runtime';
        $shmop = ini_get('extension_dir') . '/shmop.so';
        if (!Project::isBuilt() || !is_executable("$runtime/bin/phpize") || !is_file($shmop) || is_file("$runtime/ext/shmop.so")) {
            self::markTestSkipped('there is nothing to build: no headers of the runtime, or no shmop that the host has and the guest lacks');
        }
        $copy = $this->directory() . '/runtime';
        Process::run(['cp', '-a', $runtime, $copy]);
        $tree = IniTree::plain($this->directory() . '/root');
        file_put_contents("$tree->scan/ext.ini", "extension=$shmop\nextension=" . Process::extension() . "\n");
        $doctor = fn (): array => json_decode(Process::run(
            [PHP_BINARY, Process::root() . '/php/bin/ffi-zts', "--runtime=$copy", 'doctor', '--json'],
            '',
            $tree->environment,
        )->output, true)['problems'];
        $found = $doctor();
        self::assertSame([['guest-lacks', 'note', 'loaded here, and not to be had in a guest: shmop']], array_map(
            static fn (array $problem): array => [$problem['id'], $problem['severity'], $problem['message']],
            $found,
        ));
        // It compiles: longer than the minute that Process waits for, on a machine that does other things.
        $log = $this->directory() . '/log';
        exec("PHP_INI_SCAN_DIR={$tree->scan} timeout 300 sh -c " . escapeshellarg($found[0]['remedy']) . " >$log 2>&1", $lines, $status);
        self::assertSame(0, $status, (string) file_get_contents($log));
        self::assertSame([], $doctor());
    }
}
