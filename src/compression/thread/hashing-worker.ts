// Runs in a thread of its own, behind the one that decompresses: hashes what passes through. A failure comes from there, in a form that can be sent on.
import { hashed } from '../hashed.js';
import { serve } from './serve.js';

void serve(hashed);
