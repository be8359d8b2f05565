<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** PHP, and the libraries that its source brings, as far as a runtime has them. */
final class PhpSource
{
    private readonly string $tree;

    public function __construct(private readonly Runtime $runtime)
    {
        $this->tree = $runtime->json['source_dir'];
        if (!is_file("$this->tree/LICENSE")) {
            throw new Failure("the source of {$runtime->directory} is not in $this->tree any more: build it again, scripts/build-libphp.sh");
        }
    }

    /** @return array<string, Component> by reference */
    public function components(): array
    {
        $modules = array_map(strtolower(...), $this->runtime->json['modules']);
        foreach ($this->runtime->extensions() as $name) {
            $modules[] = strtolower(basename($name, '.so'));
        }
        $components = [];
        foreach (Files::readJson(__DIR__ . '/php-libraries.json') as $library) {
            $flag = $library['unless'] ?? null;
            $isLeftOut = $flag !== null && str_contains($this->runtime->json['configure'], $flag);
            if (!$isLeftOut && in_array($library['module'], $modules, true) && is_file("$this->tree/{$library['path']}")) {
                $components["php/{$library['name']}"] = $this->library($library);
            }
        }
        $version = $this->runtime->json['php_version'];
        $components['php'] = new Component(
            'php',
            'php',
            $version,
            'PHP-3.01',
            ['php/LICENSE' => Files::read("$this->tree/LICENSE")],
            array_keys($components),
            "pkg:generic/php@$version",
            repository: 'https://github.com/php/php-src',
            cpe: "cpe:2.3:a:php:php:$version:*:*:*:*:*:*:*",
        );
        return $components;
    }

    /** @param array<string, string> $library */
    private function library(array $library): Component
    {
        $name = $library['name'];
        return new Component(
            "php/$name",
            $name,
            $this->version($library),
            $library['license'] ?? " {$library['license_name']}",
            ["php/$name/LICENSE" => $this->text($library)],
        );
    }

    /** @param array<string, string> $library */
    private function version(array $library): ?string
    {
        if (!isset($library['version'])) {
            return null;
        }
        if (preg_match("~{$library['pattern']}~", Files::read("$this->tree/{$library['version']}"), $match) !== 1) {
            throw new Failure("{$library['version']} of PHP's source has no version of $library[name]: see scripts/package/php-libraries.json");
        }
        return implode('.', array_slice($match, 1));
    }

    /**
     * A file of its own, or the part of a source file that is the licence.
     *
     * @param array<string, string> $library
     */
    private function text(array $library): string
    {
        $file = $library['text'];
        $text = Files::read(str_starts_with($file, 'scripts/') ? dirname(__DIR__, 2) . "/$file" : "$this->tree/$file");
        if (isset($library['comment'])) {
            preg_match_all('~/\*.*?\*/~s', $text, $comments);
            $text = implode("\n\n", array_slice(preg_grep("~{$library['comment']}~", $comments[0]) ?: [], 0, 1));
        } elseif (isset($library['excerpt'])) {
            $text = preg_match("~{$library['excerpt']}~s", $text, $match) === 1 ? $match[1] : '';
        }
        if (trim($text) === '') {
            throw new Failure("$file of PHP's source has no licence of $library[name]: see scripts/package/php-libraries.json");
        }
        return $text;
    }
}
