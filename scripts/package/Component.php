<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** Something that a bundle consists of: its place in the list of materials, and its licence texts. */
final class Component
{
    /**
     * @param string                $license   an SPDX expression, or with a space in front a name that SPDX does not have
     * @param array<string, string> $texts     by path below LICENSES/
     * @param list<string>          $dependsOn references of other components
     */
    public function __construct(
        public readonly string $reference,
        public readonly string $name,
        public readonly ?string $version,
        public readonly string $license,
        public readonly array $texts,
        public readonly array $dependsOn = [],
        public readonly ?string $purl = null,
        public readonly ?string $sha256 = null,
        public readonly ?string $repository = null,
        public readonly ?string $cpe = null,
    ) {
        if ($texts === []) {
            throw new Failure("$name has no licence text");
        }
    }

    /** @return array<string, mixed> as CycloneDX 1.5 has it */
    public function json(): array
    {
        $named = str_starts_with($this->license, ' ');
        return array_filter([
            'type' => 'library',
            'bom-ref' => $this->reference,
            'name' => $this->name,
            'version' => $this->version,
            'hashes' => $this->sha256 !== null ? [['alg' => 'SHA-256', 'content' => $this->sha256]] : null,
            'licenses' => [$named ? ['license' => ['name' => ltrim($this->license)]] : ['expression' => $this->license]],
            'cpe' => $this->cpe,
            'purl' => $this->purl,
            'externalReferences' => $this->repository !== null ? [['type' => 'vcs', 'url' => $this->repository]] : null,
        ], static fn (mixed $value): bool => $value !== null);
    }
}
