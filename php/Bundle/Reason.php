<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Why a host gets no bundle. Scripts may read these words: they stay. */
enum Reason: string
{
    case Musl = 'musl';
    case ZtsHost = 'zts-host';
    case DebugHost = 'debug-host';
    case Arch = 'arch';
    case GlibcTooOld = 'glibc-too-old';
    case LibraryMissing = 'library-missing';
    case NoBundle = 'no-bundle';
}
