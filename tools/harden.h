/* What a tool that opens or takes secrets does before all else. */
#ifndef HF_TOOLS_HARDEN_H
#define HF_TOOLS_HARDEN_H

/* Not dumped, not traced by others of its user, no core file; files are for their owner alone;
   descriptors 0 to 2 are open, so that no file of ours takes their place. The folder stays, unlike
   in process_harden: paths of the command line and .hf-token files are relative to it. Not for
   hf-token itself, whose process becomes the user's command. */
void harden(void);

#endif
