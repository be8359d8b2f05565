<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** How the extension can be enabled for this PHP. */
enum EnableWay
{
    /** By this user. */
    case Own;
    /** By root, who loads the bundle as it is. */
    case Root;
    /** By root, who loads a copy of his own: others may change the bundle. */
    case Copy;
    /** No directory is scanned for ini files: by the environment. */
    case Environment;
}
