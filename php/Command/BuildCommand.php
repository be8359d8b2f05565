<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;

/** `ffi-zts build`: builds an extension for the guest from its source, by scripts/build-extension.sh. */
final class BuildCommand implements Command
{
    /** Options that the script has under the same name. */
    private const HANDED_ON = ['from', 'sha256', 'jobs', 'cache'];

    /** @param ?string $runtime null: the one beside the extension */
    public function __construct(private readonly string $package, private readonly ?string $runtime)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'build',
            'Builds an extension for the guest, from its source',
            <<<'TEXT'
                NAME is an extension of PHP's own source, of PECL, or of Debian's source packages; a directory or a tarball
                is its source. The result goes into the runtime, where `extensions => ['NAME']` finds it. It needs a
                compiler, and a runtime that was built here: a bundle has no headers, `ffi-zts install --build` makes one
                that has. Flags of configure follow a --.

                    vendor/bin/ffi-zts build bcmath
                    vendor/bin/ffi-zts build redis --needs igbinary -- --enable-redis-igbinary
                TEXT,
            [new Argument('name', 'Name, directory or tarball of an extension'), new Argument('flags', "Configure's flags, after --", false, true)],
            [
                new Option('from', 'Where a name is looked for, and nowhere else', 'ORIGIN', choices: ['php', 'pecl', 'debian']),
                new Option('needs', 'An extension that this one needs, built before; may be repeated', 'NAME', repeated: true),
                new Option('sha256', 'What a tarball must be', 'HEX'),
                new Option('jobs', 'How many processes of the compiler at once', 'N'),
                new Option('cache', 'What is kept between runs', 'DIR'),
            ],
        );
    }

    public function run(Input $input, Output $output): int
    {
        $script = "$this->package/scripts/build-extension.sh";
        if (!is_file($script)) {
            $remedy = 'composer reinstall --prefer-source ffi-zts/ffi-zts brings them';
            throw new Failure("there is no $script: this package came without its scripts; $remedy", Failure::UNSUPPORTED);
        }
        $runtime = $this->runtime();
        if (!is_executable("$runtime/bin/phpize")) {
            throw new Failure("the runtime $runtime has no bin/phpize and no headers, as none of a bundle: `ffi-zts install --build` makes one "
                . 'that has; `ffi-zts --runtime=DIR build NAME` names another', Failure::UNSUPPORTED);
        }
        $command = [$script, '--runtime', $runtime];
        foreach (self::HANDED_ON as $name) {
            $value = $input->value($name);
            $command = $value === null ? $command : [...$command, "--$name", $value];
        }
        foreach ($input->values('needs') as $name) {
            $command = [...$command, '--needs', $name];
        }
        $flags = $input->arguments('flags');
        return HostProcess::wait([...$command, (string) $input->argument('name'), ...($flags === [] ? [] : ['--', ...$flags])]);
    }

    private function runtime(): string
    {
        if ($this->runtime !== null) {
            return $this->runtime;
        }
        $file = ExtensionFile::locate();
        $path = $file->path ?? throw new Failure($file->notFound(), Failure::UNSUPPORTED);
        return dirname(realpath($path) ?: $path) . '/runtime';
    }
}
